using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Images;

public sealed class ImageTests
{
    private const int Application = 1000; // some user that is nobody to the pipeline

    [Theory]
    [InlineData("node")]
    [InlineData("aggregator")]
    [InlineData("local")]
    public void An_image_has_no_shell_and_the_user_of_its_manifest(string target)
    {
        var image = new Dockerfile(target);
        Assert.EndsWith("-chiseled", image.Base, StringComparison.Ordinal);
        Manifest workload = target == "local" ? Kustomization.Of("k8s/sidecar").Single("Deployment", "shop") : Kustomization.Of("k8s/base").Single(target == "node" ? "DaemonSet" : "Deployment", $"pipeline-{target}");
        JsonNode context = target == "node" ? workload.Containers[0]["securityContext"]! : workload.PodSpec!["securityContext"]!;
        Assert.Equal(image.User, ((int)context["runAsUser"]!.GetValue<long>(), (int)context["runAsGroup"]!.GetValue<long>()));
        Assert.True(File.Exists(Repository.FullPath($"{image.Project}/{Path.GetFileName(image.Project)}.csproj")));
        Assert.Contains($"<AssemblyName>{Path.GetFileNameWithoutExtension(image.EntryPoint[^1])}</AssemblyName>", Repository.Text($"{image.Project}/{Path.GetFileName(image.Project)}.csproj"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("aggregator")]
    [InlineData("local")]
    public void An_image_has_one_runtime_that_of_its_base_or_its_own(string target)
    {
        var image = new Dockerfile(target);
        if (image.Profile is null)
        {
            Assert.Contains("/aspnet:", image.Base, StringComparison.Ordinal);
            Assert.Equal("dotnet", image.EntryPoint[0]);
            return;
        }
        Assert.Contains("/runtime-deps:", image.Base, StringComparison.Ordinal);
        Assert.Single(image.EntryPoint);
        Assert.Contains("<SelfContained>true</SelfContained>", WithImports($"{image.Project}/Properties/PublishProfiles/{image.Profile}.pubxml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sidecar_stores_its_applications_lines_from_a_read_only_tree_and_ends_when_told()
    {
        ContainerConfiguration configuration = ContainerConfiguration.In(Kustomization.Of("k8s/sidecar")).Single();
        var image = new Dockerfile("local");
        using var tree = new ImageTree(image);
        Configure(tree, configuration.Yaml);
        WriteAuthority(Path.Combine(tree.Mount("/etc/opensearch-ca", readOnly: true), "ca.crt"));
        string logs = tree.Mount("/var/log/app", readOnly: true);
        tree.Mount("/var/lib/pipeline", readOnly: false, owner: image.User.Id);
        int port = RunningImage.FreePort();
        await File.WriteAllTextAsync(Path.Combine(logs, "shop.log"), "one\ntwo\nthree\n");
        // The store is the embedded one, as there is no other here; it lies in the state directory.
        await using var running = new RunningImage(
            tree.Start([.. Arguments(configuration.Container), "--store", "embedded", "--listen", $"127.0.0.1:{port}"], image.User.Id, [], configuration.Environment), port);
        await running.UntilAsync(async () => await running.StatusAsync(ProbePath(configuration, "startupProbe")) == HttpStatusCode.OK && await running.StatusAsync("/readyz") == HttpStatusCode.OK);
        await running.UntilAsync(async () => await running.MetricAsync("logpipeline_stored_records_total") == 3);
        Assert.Equal(HttpStatusCode.NotFound, await running.StatusAsync("/")); // web.page: false
        Assert.Equal(0, await running.TerminateAsync());
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)] // without the capability, only what belongs to root can be read
    public async Task With_the_user_and_the_capabilities_of_a_node_the_logs_of_root_and_of_others_can_be_read(bool withCapabilities, int readable)
    {
        JsonNode context = Kustomization.Of("k8s/base").Single("DaemonSet", "pipeline-node").Containers[0]["securityContext"]!;
        int user = (int)context["runAsUser"]!.GetValue<long>();
        string[] capabilities = withCapabilities ? [.. Manifest.Items(context["capabilities"]!["add"]).Select(Manifest.Text)] : [];
        using var tree = new ImageTree(new Dockerfile("local"));
        Configure(tree, "sources: [{ path: '/var/log/pods/*/*/*.log' }]\nledger: { state_directory: /var/lib/pipeline }\n");
        string pods = tree.Mount("/var/log/pods", readOnly: true);
        tree.Mount("/var/lib/pipeline", readOnly: false);
        PodLog.Write(Path.Combine(pods, "shop_web-1_0a320e84-becc-48b6-b139-68e0129ab7f3/app"), owner: 0);
        PodLog.Write(Path.Combine(pods, "shop_web-2_195fdb94-1234-48b6-b139-68e0129ab7f3/app"), owner: Application);
        int port = RunningImage.FreePort();
        await using var running = new RunningImage(tree.Start(["--config", "/etc/pipeline/pipeline.yaml", "--listen", $"127.0.0.1:{port}"], user, capabilities, new Dictionary<string, string>()), port);
        await running.UntilAsync(async () => await running.StatusAsync("/readyz") == HttpStatusCode.OK && await running.MetricAsync("logpipeline_stored_records_total") == readable);
        string status = await File.ReadAllTextAsync($"/proc/{running.Process.Id}/status");
        Assert.Contains(withCapabilities ? "CapEff:\t0000000000000004" : "CapEff:\t0000000000000000", status, StringComparison.Ordinal); // DAC_READ_SEARCH is bit 2
        if (!withCapabilities) Assert.Contains("web-2", running.Output, StringComparison.Ordinal); // it says which file it may not read
        Assert.Equal(0, await running.TerminateAsync());
    }

    /// <summary>The text of a project file and of those that it imports.</summary>
    private static string WithImports(string file)
    {
        string text = Repository.Text(file);
        IEnumerable<string> imported = XDocument.Parse(text).Descendants("Import").Select(import => Path.Combine(Path.GetDirectoryName(file)!, import.Attribute("Project")!.Value));
        return string.Concat(imported.Select(WithImports).Prepend(text));
    }

    private static void Configure(ImageTree tree, string yaml) => File.WriteAllText(Path.Combine(tree.Mount("/etc/pipeline", readOnly: true), "pipeline.yaml"), yaml);

    private static void WriteAuthority(string file)
    {
        using var key = RSA.Create(2048);
        using X509Certificate2 authority = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(file, authority.ExportCertificatePem());
    }

    private static IEnumerable<string> Arguments(JsonObject container) => Manifest.Items(container["args"]).Select(Manifest.Text);

    private static string ProbePath(ContainerConfiguration configuration, string probe) => Manifest.Text(configuration.Container[probe]!["httpGet"]!["path"]);
}
