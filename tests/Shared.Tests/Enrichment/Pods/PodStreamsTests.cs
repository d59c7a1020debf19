using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Tenancy;

namespace LogPipeline.Tests.Enrichment.Pods;

/// <summary>What becomes of a stream's lines while the Kubernetes API tells of its Pod and namespace early, late, never, or something else than before.</summary>
public sealed class PodStreamsTests : IDisposable
{
    private static readonly string Cart = PodStreams.LogOf("cart-1", "u1");

    private readonly PodStreams _node = new(Options());

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Lines_wait_for_their_pod_and_carry_its_labels_and_owner()
    {
        _node.Write(Cart, "early");
        Assert.Empty(_node.Sent);
        Assert.True(_node.BacklogOf(Cart) > 0);

        _node.Directory.Put(Pod("u1"));
        _node.Read(Cart);
        Pin pin = Assert.Single(_node.Sent).Pin;
        Assert.Equal("shop", pin.Tenant);
        Assert.Contains("""
            "k8s.node.name":"n1","k8s.namespace.name":"shop","k8s.pod.name":"cart-1","k8s.pod.uid":"u1","k8s.container.name":"app","k8s.container.restart_count":0,"k8s.deployment.name":"cart","k8s.pod.labels":{"app":"cart","pod-template-hash":"5d"}
            """.Trim(), pin.ResourceJson, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_a_pod_that_nothing_tells_of_go_on_after_a_while_marked_and_counted_and_later_ones_have_it_all()
    {
        using var missing = new Counted("logpipeline_metadata_missing");
        _node.Write(Cart, "first");
        _node.Time.Advance(TimeSpan.FromSeconds(9));
        _node.Read(Cart);
        Assert.Empty(_node.Sent);
        _node.Time.Advance(TimeSpan.FromSeconds(1));
        _node.Read(Cart);
        Assert.Contains("\"k8s.pod.metadata_missing\":true", Assert.Single(_node.Sent).Pin.ResourceJson, StringComparison.Ordinal);
        Assert.Equal(1, missing.Value);

        _node.Directory.Put(Pod("u1"));
        _node.Write(Cart, "second");
        Assert.DoesNotContain("metadata_missing", _node.Sent[^1].Pin.ResourceJson, StringComparison.Ordinal);
        Assert.Contains("k8s.pod.labels", _node.Sent[^1].Pin.ResourceJson, StringComparison.Ordinal);
    }

    [Fact]
    public void What_decides_about_the_tenant_is_waited_for_without_end()
    {
        using var node = new PodStreams(ByLabel());
        node.Directory.Put(Pod("u1"));
        node.Write(Cart, "whose?");
        node.Time.Advance(TimeSpan.FromDays(1));
        node.Read(Cart);
        Assert.Empty(node.Sent);

        node.Directory.Put(Namespace("payments"));
        node.Read(Cart);
        Assert.Equal("payments", Assert.Single(node.Sent).Pin.Tenant);
    }

    [Fact]
    public void A_label_that_is_no_tenants_name_is_told_once_and_its_lines_wait_until_it_is_put_right()
    {
        using var node = new PodStreams(ByLabel());
        node.Directory.Put(Pod("u1"));
        node.Directory.Put(Namespace("Payments!"));
        node.Write(Cart, "first");
        node.Write(Cart, "second");
        Assert.Empty(node.Sent);
        Assert.Contains("Payments!", Assert.Single(node.Log.Events, e => e.Event == LogEvents.TenantUnusable).Message, StringComparison.Ordinal);

        node.Directory.Put(Namespace("payments"));
        node.Read(Cart);
        Assert.Equal(["payments"], node.Sent.Select(sent => sent.Pin.Tenant));
    }

    [Fact]
    public void A_namespaces_new_label_counts_for_new_lines_only_also_when_the_old_ones_are_read_again()
    {
        using var node = new PodStreams(ByLabel());
        node.Directory.Put(Pod("u1"));
        node.Directory.Put(Namespace("blue"));
        node.Write(Cart, "old");
        node.Directory.Put(Namespace("green"));
        node.Write(Cart, "new");
        Assert.Equal(["blue", "green"], node.Sent.Select(sent => sent.Pin.Tenant));

        FileCheckpoint file = Assert.Single(node.Recorded(Cart));
        Assert.Equal("blue", file.PinAt(0).Tenant);
        Assert.Equal("green", file.PinAt(file.ResumeOffsetBytes).Tenant);
    }

    [Fact]
    public void A_deleted_pods_last_lines_are_as_complete_as_its_first()
    {
        _node.Directory.Put(Pod("u1"));
        _node.Write(Cart, "first");
        _node.Directory.Remove(Pod("u1"));
        _node.Time.Advance(TimeSpan.FromHours(1));
        _node.Directory.Put(Pod("u2"));
        _node.Rotate(Cart, ".20261120-164010");
        _node.Write(Cart, "last");
        Assert.Equal(2, _node.Sent.Count);
        Assert.Contains("k8s.pod.labels", _node.Sent[^1].Pin.ResourceJson, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_reads_any_more_is_forgotten_a_while_after_it_was_deleted()
    {
        var origin = new LogPipeline.Sources.LogOrigin { Namespace = "shop", PodUid = "u1" };
        _node.Directory.Put(Pod("u1"));
        _node.Write(Cart, "all");
        _node.Directory.Remove(Pod("u1"));
        _node.Time.Advance(TimeSpan.FromHours(1));
        _node.Directory.Put(Pod("u2"));
        Assert.NotNull(_node.Directory.Find(origin).Pod);
        _node.Close(Cart);
        _node.Time.Advance(TimeSpan.FromMinutes(2));
        _node.Directory.Put(Pod("u3"));
        Assert.Null(_node.Directory.Find(origin).Pod);
    }

    [Fact]
    public void After_a_restart_a_deleted_pods_rest_goes_on_as_it_was_recorded_also_in_its_next_file()
    {
        using var missing = new Counted("logpipeline_metadata_missing");
        _node.Directory.Put(Pod("u1"));
        _node.Write(Cart, "first");
        _node.Restart();
        _node.Directory.Replace(Array.Empty<PodMetadata>());
        _node.Directory.Replace(Array.Empty<NamespaceMetadata>());
        _node.Write(Cart, "second");
        _node.Rotate(Cart, ".20261120-164010");
        _node.Write(Cart, "third");
        Assert.Equal(3, _node.Sent.Count);
        Assert.All(_node.Sent, sent => Assert.Contains("k8s.pod.labels", sent.Pin.ResourceJson, StringComparison.Ordinal));
        Assert.Equal(0, missing.Value);
    }

    [Fact]
    public void After_a_restart_lines_wait_for_the_first_list_for_a_while_as_a_label_may_have_changed_meanwhile()
    {
        using var node = new PodStreams(ByLabel());
        node.Directory.Put(Pod("u1"));
        node.Directory.Put(Namespace("blue"));
        node.Write(Cart, "old");
        node.Restart();
        node.Rotate(Cart, ".20261120-164010");
        node.Write(Cart, "new");
        Assert.Single(node.Sent);
        node.Directory.Replace([Pod("u1")]);
        node.Directory.Replace([Namespace("green")]);
        node.Read(Cart);
        Assert.Equal(["blue", "green"], node.Sent.Select(sent => sent.Pin.Tenant));

        // While no API answers, what was recorded goes on.
        node.Restart();
        node.Write(Cart, "later");
        node.Time.Advance(TimeSpan.FromSeconds(10));
        node.Read(Cart);
        Assert.Equal(["blue", "green", "green"], node.Sent.Select(sent => sent.Pin.Tenant));
    }

    [Fact]
    public void A_list_without_a_pod_says_that_it_is_deleted_and_one_that_lives_on_changes_nothing()
    {
        _node.Directory.Replace([Pod("u1"), Pod("u2")]);
        long before = _node.Directory.Find(new LogPipeline.Sources.LogOrigin { PodUid = "u1" }).Revision;
        _node.Directory.Replace([Pod("u1")]);
        Assert.Equal(before, _node.Directory.Find(new LogPipeline.Sources.LogOrigin { PodUid = "u1" }).Revision);
        _node.Time.Advance(TimeSpan.FromMinutes(6));
        _node.Directory.Replace([Pod("u1")]);
        Assert.Null(_node.Directory.Find(new LogPipeline.Sources.LogOrigin { PodUid = "u2" }).Pod);
        Assert.NotNull(_node.Directory.Find(new LogPipeline.Sources.LogOrigin { PodUid = "u1" }).Pod);
    }

    [Fact]
    public void A_static_pods_files_are_named_by_the_hash_that_its_mirror_carries()
    {
        _node.Directory.Put(Pod("mirror") with { Annotations = new Dictionary<string, string> { ["kubernetes.io/config.mirror"] = "u1" } });
        _node.Write(Cart, "static");
        Assert.Contains("k8s.pod.labels", Assert.Single(_node.Sent).Pin.ResourceJson, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pods_own_parser_and_joining_hold_and_the_limits_stay_the_configurations()
    {
        _node.Directory.Put(Pod("u1", ("logpipeline.io/parser", "json"), ("logpipeline.io/joining", "start=^\\d")));
        _node.Write(Cart, "1");
        Pin pin = Assert.Single(_node.Sent).Pin;
        Assert.Equal("json", pin.Parser);
        Assert.StartsWith("joining/2 preset=pattern start=\"^\\u005cd\" max_lines=77 ", pin.JoiningRule, StringComparison.Ordinal);
    }

    [Fact]
    public void Hints_that_are_not_wanted_are_not_followed()
    {
        PipelineOptions options = Options();
        options.Enrichment.Kubernetes.Hints = false;
        using var node = new PodStreams(options);
        node.Directory.Put(Pod("u1", ("logpipeline.io/exclude", "true")));
        node.Write(Cart, "read");
        Assert.Single(node.Sent);
    }

    [Fact]
    public void A_hint_without_an_equivalent_is_told_once_a_pod()
    {
        _node.Directory.Put(Pod("u1", ("logpipeline.io/tenant", "other")));
        _node.Directory.Put(Pod("u1", ("logpipeline.io/tenant", "other")));
        Assert.Single(_node.Log.Events, e => e.Event == LogEvents.HintNotFollowed);
    }

    [Fact]
    public void A_pod_cannot_choose_its_tenant()
    {
        using var node = new PodStreams(ByLabel());
        node.Directory.Put(Pod("u1", ("logpipeline.io/tenant", "green")) with { Labels = new Dictionary<string, string> { ["team"] = "green" } });
        node.Directory.Put(Namespace("blue"));
        node.Write(Cart, "mine");
        Assert.Equal("blue", Assert.Single(node.Sent).Pin.Tenant);
    }

    [Fact]
    public void A_file_in_a_pods_volume_waits_for_its_pod_however_long_and_belongs_to_the_pods_namespace()
    {
        const string File = "/var/lib/kubelet/pods/u1/volumes/kubernetes.io~empty-dir/logs/app.log";
        _node.Write(File, "in the container");
        _node.Time.Advance(TimeSpan.FromHours(1));
        _node.Read(File);
        Assert.Empty(_node.Sent);

        _node.Directory.Put(Pod("u1"));
        _node.Read(File);
        Pin pin = Assert.Single(_node.Sent).Pin;
        Assert.Equal("shop", pin.Tenant);
        Assert.Contains("\"k8s.namespace.name\":\"shop\",\"k8s.pod.name\":\"cart-1\",\"k8s.pod.uid\":\"u1\",\"k8s.container.name\":\"app\",\"k8s.deployment.name\"", pin.ResourceJson, StringComparison.Ordinal);
    }

    internal static PipelineOptions Options() => new()
    {
        Tenancy = new TenancyOptions { Rules = { new TenantRule { Namespace = "*", Tenant = TenantTemplate.Namespace } } },
        Enrichment = new EnrichmentOptions { Kubernetes = new KubernetesOptions { Enabled = true } },
        Joining = new JoiningOptions { MaxLines = 77 },
    };

    internal static PodMetadata Pod(string uid, params (string Key, string Value)[] annotations)
    {
        var labels = new Dictionary<string, string> { ["app"] = "cart", ["pod-template-hash"] = "5d" };
        return new PodMetadata
        {
            Uid = uid, Namespace = "shop", Name = "cart-1", Node = "n1", Labels = labels, Owner = PodOwner.Of("ReplicaSet", "cart-5d", labels),
            Annotations = annotations.ToDictionary(annotation => annotation.Key, annotation => annotation.Value),
            Containers = [new PodContainer { Name = "app", Mounts = [new PodMount("logs", "/var/log/app")] }],
        };
    }

    private static PipelineOptions ByLabel()
    {
        PipelineOptions options = Options();
        options.Tenancy.Rules = [new TenantRule { NamespaceLabel = "team", Tenant = TenantTemplate.Label }];
        return options;
    }

    private static NamespaceMetadata Namespace(string team) => new() { Name = "shop", Labels = new Dictionary<string, string> { ["team"] = team } };
}
