using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Enrichment;

public sealed class ResourceEncoderTests
{
    [Fact]
    public void A_pod_is_described_by_opentelemetrys_names()
    {
        var options = new EnrichmentOptions { Cluster = "prod", Fields = { ["zone"] = "b\"1", ["app.team"] = "é" } };
        var origin = new LogOrigin { Namespace = "shop", Pod = "cart-1", PodUid = "u", Container = "app", Restart = 2, ContainerId = "c" };

        Assert.Equal(
            """{"host.name":"n1","k8s.cluster.name":"prod","k8s.namespace.name":"shop","k8s.pod.name":"cart-1","k8s.pod.uid":"u","k8s.container.name":"app","k8s.container.restart_count":2,"container.id":"c","app.team":"é","zone":"b\"1","container.labels":{"a":"1","b":"2"}}""",
            Encode(options, origin, new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" }));
    }

    [Fact]
    public void A_plain_file_has_its_host_only() => Assert.Equal("""{"host.name":"n1"}""", Encode(new EnrichmentOptions(), new LogOrigin()));

    [Fact]
    public void The_configured_host_wins() => Assert.Equal("""{"host.name":"h"}""", Encode(new EnrichmentOptions { Host = "h" }, new LogOrigin()));

    [Fact]
    public void Names_that_are_no_unicode_are_replaced() =>
        Assert.Equal("""{"host.name":"n1","k8s.namespace.name":"a\uFFFDb"}""", Encode(new EnrichmentOptions(), new LogOrigin { Namespace = "a\uD800b" }));

    [Fact]
    public void Line_ends_in_values_stay_on_the_documents_line() =>
        Assert.Equal("""{"host.name":"n1","zone":"a\nb"}""", Encode(new EnrichmentOptions { Fields = { ["zone"] = "a\nb" } }, new LogOrigin()));

    private static string Encode(EnrichmentOptions options, LogOrigin origin, Dictionary<string, string>? labels = null) =>
        Encoding.UTF8.GetString(new ResourceEncoder(options, "n1").Encode(origin, labels));
}
