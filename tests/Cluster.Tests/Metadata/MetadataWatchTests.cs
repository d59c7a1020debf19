using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Node.Metadata;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tests.Running;
using Microsoft.AspNetCore.Http;

namespace LogPipeline.Tests.Metadata;

/// <summary>A node's watch of the Kubernetes API, against recorded conversations of a real one and against a server that misbehaves.</summary>
public sealed class MetadataWatchTests : IAsyncLifetime, IPipelineLog
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("pods-").FullName;
    private readonly PipelineMetrics _metrics = new();
    private readonly List<string> _events = [];
    private readonly LeapingTime _time = new();
    private ScriptedApi _api = null!;
    private MetadataWatch? _watch;

    public async ValueTask InitializeAsync() => _api = await ScriptedApi.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _watch?.Dispose();
        await _api.DisposeAsync();
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    void IPipelineLog.Write(PipelineLogLevel level, string eventName, string message)
    {
        lock (_events) _events.Add($"{level} {eventName}: {message}");
    }

    [Fact]
    public async Task A_real_servers_conversation_is_followed_also_a_pod_that_lived_for_less_than_a_second()
    {
        string[] pods = RecordedConversation.Watch("pods-node-bookmarks"), namespaces = RecordedConversation.Watch("namespaces-bookmarks");
        string newest = WatchLine.Parse(pods[^1]).ResourceVersion;
        _api.Plays = async exchange =>
        {
            bool isPods = exchange.Request.Path.Value!.EndsWith("pods", StringComparison.Ordinal);
            if (exchange.Request.Query["watch"] != "true") await exchange.Response.WriteAsync(RecordedConversation.Answer(isPods ? "pods-list-running-only" : "namespaces-list").Body);
            else if (exchange.Request.Query["resourceVersion"] == newest || (!isPods && Asked("watch=true").Count(request => request.Contains("namespaces", StringComparison.Ordinal)) > 1)) return false;
            else
                foreach (string line in isPods ? pods : namespaces) await exchange.Response.WriteAsync(line);
            return true;
        };
        Start();
        await ComesAsync(() => Asked($"resourceVersion={newest}&timeoutSeconds=").Length > 0);

        // Created and deleted within the conversation; its lines may come after all that.
        PodMetadata flash = Pod("flash")!;
        Assert.Equal(("billing", "flash", "vm"), (flash.Namespace, flash.Name, flash.Node));
        PodMetadata web = Pod("web-57fbdd878b-t2dm6")!;
        Assert.Equal(new PodOwner("Deployment", "web"), web.Owner);
        Assert.Equal("57fbdd878b", web.Labels["pod-template-hash"]);
        Assert.Contains(web.Containers, container => container.Name == "proxy");
        Assert.Equal(new PodOwner("StatefulSet", "db"), Pod("db-1")!.Owner);
        Assert.Equal("Job", Pod("migrate-t7wtv")!.Owner.Kind);
        Assert.Equal("t-billing", Find("billing", "")!.Value.NamespaceMetadata!.Labels["team"]);
        // One of them wants a file of its volume read, which is the only thing to tell of.
        Assert.Contains(LogEvents.HintNotFollowed, Assert.Single(_events, said => said.StartsWith("Warning", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ends_its_watches_is_asked_on_from_the_newest_version_without_a_list()
    {
        await StartAndListAsync();
        _api.Bookmark("Pod");
        _api.Put(ApiObjects.Pod("shop", "cart-1", "u1"));
        await ComesAsync(() => Knows("u1"));
        _api.EndWatches(inOrder: true);
        await ComesAsync(() => Watches == 4);
        _api.Put(ApiObjects.Pod("shop", "cart-2", "u2"));
        await ComesAsync(() => Knows("u2"));
        Assert.Equal(2, Lists);
    }

    [Fact]
    public async Task A_connection_that_is_lost_inside_a_line_is_made_again_and_nothing_is_missed()
    {
        await StartAndListAsync();
        _api.EndWatches(inOrder: false);
        _api.Put(ApiObjects.Pod("shop", "cart-1", "u1"));
        await ComesAsync(() => Knows("u1"));
        Assert.Equal(2, Lists);
    }

    [Fact]
    public async Task After_410_everything_is_listed_again_and_what_is_not_in_it_any_more_is_deleted()
    {
        _api.Put(ApiObjects.Pod("shop", "cart-1", "u1"));
        await StartAndListAsync();
        await ComesAsync(() => Knows("u1"));
        _api.EndWatches(inOrder: true);
        _api.Delete(ApiObjects.Pod("shop", "cart-1", "u1"));
        _api.Put(ApiObjects.Pod("shop", "cart-2", "u2"));
        _api.Compact();
        await ComesAsync(() => Knows("u2") && Lists == 4);
        Assert.DoesNotContain(Asked("pods"), request => request.EndsWith("resourceVersion=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_real_servers_410_is_understood()
    {
        int watches = 0;
        _api.Plays = async exchange =>
        {
            if (exchange.Request.Query["watch"] != "true" || !exchange.Request.Path.Value!.EndsWith("pods", StringComparison.Ordinal) || Interlocked.Increment(ref watches) > 1) return false;
            foreach (string line in RecordedConversation.Watch("pods-too-old-rv-1")) await exchange.Response.WriteAsync(line);
            return true;
        };
        Start();
        await ComesAsync(() => Asked("pods").Count(request => !request.Contains("watch", StringComparison.Ordinal)) == 2);
    }

    [Fact]
    public async Task A_watch_that_is_answered_410_begins_again_with_a_list()
    {
        int watches = 0;
        _api.Plays = async exchange =>
        {
            if (exchange.Request.Query["watch"] != "true" || !exchange.Request.Path.Value!.EndsWith("pods", StringComparison.Ordinal) || Interlocked.Increment(ref watches) > 1) return false;
            exchange.Response.StatusCode = 410;
            await exchange.Response.WriteAsync("""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}""");
            return true;
        };
        Start();
        await ComesAsync(() => Asked("pods").Count(request => !request.Contains("watch", StringComparison.Ordinal)) == 2);
    }

    [Fact]
    public async Task A_server_that_refuses_is_named_once_with_the_right_that_is_missing_and_asked_on()
    {
        (int status, string body) = RecordedConversation.Answer("403-serviceaccount-namespaces");
        bool refuses = true;
        _api.Plays = async exchange =>
        {
            if (!refuses) return false;
            exchange.Response.StatusCode = status;
            await exchange.Response.WriteAsync(body);
            return true;
        };
        _api.Put(ApiObjects.Pod("shop", "cart-1", "u1"));
        Start();
        await ComesAsync(() => Asked("pods").Length >= 2);
        Assert.Single(Said(LogEvents.MetadataUnavailable), said => said.Contains("get, list and watch pods", StringComparison.Ordinal));
        refuses = false;
        await ComesAsync(() => Knows("u1"));
    }

    [Fact]
    public async Task A_server_that_is_not_there_at_the_start_is_found_when_it_comes()
    {
        int port = new Uri(_api.Url).Port;
        await _api.DisposeAsync();
        Start();
        await ComesAsync(() => Said(LogEvents.MetadataUnavailable).Length >= 2);
        _api = await ScriptedApi.StartAsync(port);
        _api.Put(ApiObjects.Pod("shop", "cart-1", "u1"));
        await ComesAsync(() => Knows("u1"));
    }

    [Fact]
    public async Task A_hundred_and_ten_pods_that_come_at_once_are_all_known()
    {
        await StartAndListAsync();
        for (int pod = 0; pod < 110; pod++) _api.Put(ApiObjects.Pod("shop", $"cart-{pod}", $"u{pod}"));
        await ComesAsync(() => Enumerable.Range(0, 110).All(pod => Knows($"u{pod}")));
        Assert.Equal(4, _api.Requests.Length);
    }

    [Fact]
    public async Task A_pod_that_is_made_and_deleted_at_once_is_known_to_its_lines()
    {
        await StartAndListAsync();
        _api.Put(ApiObjects.Pod("shop", "flash", "u1"));
        _api.Delete(ApiObjects.Pod("shop", "flash", "u1"));
        await ComesAsync(() => Knows("u1"));
    }

    [Fact]
    public async Task A_deleted_pod_whose_lines_nobody_reads_is_forgotten_after_a_while()
    {
        _api.Put(ApiObjects.Pod("shop", "cart-1", "u1"));
        await StartAndListAsync();
        await ComesAsync(() => Knows("u1"));
        _api.Delete(ApiObjects.Pod("shop", "cart-1", "u1"));
        _api.Put(ApiObjects.Pod("shop", "cart-2", "u2"));
        await ComesAsync(() => Knows("u2")); // it comes behind the deletion
        _time.Leap(TimeSpan.FromMinutes(10));
        _api.Put(ApiObjects.Pod("shop", "cart-3", "u3"));
        await ComesAsync(() => Knows("u3"));
        Assert.Equal((false, true), (Knows("u1"), Knows("u2")));
    }

    [Fact]
    public async Task A_namespaces_new_label_is_known_soon()
    {
        _api.Put(ApiObjects.Namespace("shop", ("team", "blue")));
        await StartAndListAsync();
        long before = Find("shop", "")!.Value.Revision;
        _api.Put(ApiObjects.Namespace("shop", ("team", "green")));
        await ComesAsync(() => Find("shop", "")?.NamespaceMetadata?.Labels["team"] == "green");
        Assert.True(Find("shop", "")!.Value.Revision > before);
    }

    [Fact]
    public async Task One_object_that_cannot_be_read_hides_no_other()
    {
        await StartAndListAsync();
        _api.PutUnreadable("Pod");
        _api.Put(ApiObjects.Pod("shop", "cart-1", "u1"));
        await ComesAsync(() => Knows("u1"));
        Assert.Single(Said(LogEvents.MetadataUnreadable));
    }

    [Fact]
    public async Task Only_this_nodes_pods_are_asked_for_by_long_watches_with_bookmarks()
    {
        await StartAndListAsync();
        string watch = Assert.Single(Asked("pods"), request => request.Contains("watch", StringComparison.Ordinal));
        Assert.StartsWith("/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-0&watch=true&allowWatchBookmarks=true&resourceVersion=", watch, StringComparison.Ordinal);
        Assert.InRange(int.Parse(watch.Split("timeoutSeconds=")[1], System.Globalization.CultureInfo.InvariantCulture), 40 * 60, 60 * 60);
        Assert.All(Asked("/api"), request => Assert.DoesNotContain("limit=", request, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Over_tls_the_authority_that_the_configuration_names_is_trusted_and_no_other(bool isRight)
    {
        using ApiAuthority authority = new("127.0.0.1"), other = new("127.0.0.1");
        await using ScriptedApi api = await ScriptedApi.StartAsync(certificate: authority.Certificate);
        api.Put(ApiObjects.Pod("shop", "cart-1", "u1"));
        Start(ScriptedApi.Kubeconfig(api.Url, Path.Combine(_folder, "tls"), (isRight ? authority : other).Pem));
        await ComesAsync(() => isRight ? Knows("u1") : Said(LogEvents.MetadataUnavailable).Length >= 2);
        Assert.Equal(isRight ? [] : Said(LogEvents.MetadataUnavailable), Said("certificate"));
        Assert.Equal(isRight ? ["Bearer t"] : [], api.Tokens.Keys);
    }

    [Theory]
    [InlineData("no-such-file", "cannot be used")]
    [InlineData(null, "no service account")]
    public void A_configuration_that_leads_nowhere_is_named(string? kubeconfig, string problem)
    {
        Assert.Null(KubernetesApi.TryOpen(new KubernetesOptions { Kubeconfig = kubeconfig is null ? null : Path.Combine(_folder, kubeconfig) }, out string said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
        Assert.StartsWith("enrichment.kubernetes.", said, StringComparison.Ordinal);
    }

    private int Lists => _api.Requests.Count(request => !request.Contains("watch=true", StringComparison.Ordinal));

    private int Watches => _api.Requests.Count(request => request.Contains("watch=true", StringComparison.Ordinal));

    private static async Task ComesAsync(Func<bool> condition) => Assert.True(await Eventually.ComesAsync(Limit, condition));

    private async Task StartAndListAsync()
    {
        Start();
        await ComesAsync(() => Watches == 2);
    }

    [MemberNotNull(nameof(_watch))]
    private void Start(string? kubeconfig = null)
    {
        string path = kubeconfig ?? ScriptedApi.Kubeconfig(_api.Url, Path.Combine(_folder, "kubeconfig"));
        KubernetesApi api = KubernetesApi.TryOpen(new KubernetesOptions { Kubeconfig = path }, out string problem) ?? throw new InvalidOperationException(problem);
        _watch = MetadataWatch.Start(api, "node-0", _metrics, this, _time);
    }

    private string[] Asked(string what) => [.. _api.Requests.Where(request => request.Contains(what, StringComparison.Ordinal))];

    private string[] Said(string eventName)
    {
        lock (_events) return [.. _events.Where(said => said.Contains(eventName, StringComparison.Ordinal))];
    }

    private KnownOrigin? Find(string @namespace, string uid) => _watch?.Directory.Find(new LogOrigin { Namespace = @namespace, PodUid = uid });

    private bool Knows(string uid) => Find("", uid)?.Pod is not null;

    // Recorded Pods are found by the uid that their recorded objects have.
    private PodMetadata? Pod(string name) =>
        RecordedConversation.Watch("pods-node-bookmarks").Select(line => JsonNode.Parse(line)!["object"]!["metadata"]!).Where(metadata => (string?)metadata["name"] == name)
            .Select(metadata => Find("", (string)metadata["uid"]!)?.Pod?.Metadata).FirstOrDefault();

    // The machine's clock, which may leap; timers do not.
    private sealed class LeapingTime : TimeProvider
    {
        private long _ahead;

        public void Leap(TimeSpan by) => Interlocked.Add(ref _ahead, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _ahead);
    }
}
