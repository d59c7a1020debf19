using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LogPipeline.Tests.Metadata;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>Real processes beside a scripted Kubernetes API: what it says of Pods and namespaces decides what is stored, and where.</summary>
[Collection(ProcessCollection.Name)]
public sealed class PodMetadataTests : IAsyncDisposable
{
    private const string ByLabel = """[{ namespace: "kube-*", tenant: platform }, { namespace_label: team, tenant: "{label}" }]""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private readonly string _folder = Directory.CreateTempSubdirectory("pods-").FullName;
    private readonly ModelStore _store = new();
    private ScriptedApi? _api;
    private StoreServer? _server;
    private ClusterRun? _run;

    public async ValueTask DisposeAsync()
    {
        if (_run is not null) await _run.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        if (_api is not null) await _api.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Documents_carry_their_pods_labels_go_to_their_namespaces_tenant_and_follow_the_pods_own_hints()
    {
        _api = await ScriptedApi.StartAsync();
        // Long: a process that has just begun may take seconds to ask, on a machine with other work.
        await StartAsync(_api.Url, "2m");
        _api.Put(ApiObjects.Namespace("shop", ("team", "payments")));
        _api.Put(ApiObjects.Pod("shop", "cart-1", "u1", ("logpipeline.io/parser", "json"), ("logpipeline.io/joining.app", "start=^begin")));
        _api.Put(ApiObjects.Pod("shop", "noisy-1", "u2", ("logpipeline.io/exclude", "true")));
        _api.Put(ApiObjects.Pod("shop", "odd-1", "u3", ("co.elastic.logs/module", "nginx")));
        Write("shop", "cart-1", "u1", "begin of a record", "  goes on", "begin of another");
        Write("shop", "noisy-1", "u2", "left out");
        Write("shop", "odd-1", "u3", "as configured");
        await File.WriteAllTextAsync(Path.Combine(_run!.FolderOf(0, "kubelet", "pods", "u3", "volumes", "kubernetes.io~empty-dir", "logs"), "app.log"), "from inside\n");

        await StoredAsync(4);
        JsonElement first = Documents.Single(document => Body(document).StartsWith("begin of a record", StringComparison.Ordinal));
        Assert.Equal("begin of a record\n  goes on", Body(first));
        Assert.Equal("payments", first.GetProperty("tenant").GetString());
        Assert.Contains(first.GetProperty("attributes").GetProperty("log.flags").EnumerateArray(), flag => flag.ValueEquals("parse_error"));
        JsonElement resource = first.GetProperty("resource");
        Assert.Equal("cart", resource.GetProperty("k8s.pod.labels").GetProperty("app").GetString());
        Assert.Equal("cart", resource.GetProperty("k8s.deployment.name").GetString());
        Assert.Equal("node-0", resource.GetProperty("k8s.node.name").GetString());
        JsonElement inside = Documents.Single(document => Body(document) == "from inside");
        Assert.Equal(("payments", "shop", "odd-1"), (inside.GetProperty("tenant").GetString(), Text(inside, "k8s.namespace.name"), Text(inside, "k8s.pod.name")));
        Assert.DoesNotContain(Documents, document => Body(document) == "left out");
        Assert.Contains("co.elastic.logs/module has no equivalent here", _run.History, StringComparison.Ordinal);

        // The excluded one's bytes are a policy's, not lost and no backlog; a line behind them proves that they were passed.
        Write("shop", "cart-1", "u1", "begin of the last", "begin of none");
        await StoredAsync(6);
        await ExposedAsync("""logpipeline_dropped_bytes_total\{[^}]*reason="excluded"[^}]*\} [1-9]""");
        await ExposedAsync("""(?m)^logpipeline_lost_bytes_total(\{[^}]*\})? 0$""");
        Assert.True(_api.Requests.Length <= 4, string.Join('\n', _api.Requests));
    }

    [Fact]
    public async Task Files_that_a_pod_names_in_its_container_are_stored_as_its_own_and_links_in_its_volume_lead_to_nobody_elses()
    {
        _api = await ScriptedApi.StartAsync();
        await StartAsync(_api.Url, "2m");
        string volume = _run!.FolderOf(0, "kubelet", "pods", "u1", "volumes", "kubernetes.io~empty-dir", "logs"), secrets = _run.FolderOf(0, "kubelet", "pods", "u2", "volumes", "kubernetes.io~secret", "token");
        string others = _run.FolderOf(0, "kubelet", "pods", "u2", "volumes", "kubernetes.io~empty-dir", "logs");
        foreach (string name in (string[])["orders.txt", "orders.log"]) await File.WriteAllTextAsync(Path.Combine(secrets, name), "a secret\n");
        await File.WriteAllTextAsync(Path.Combine(others, "quiet.txt"), "not named\n");
        await File.WriteAllTextAsync(Path.Combine(volume, "orders.txt"), "first\nsecond\n");
        // Of the configured *.log and of the named *.txt: files, a directory, and one that is named by its path.
        File.CreateSymbolicLink(Path.Combine(volume, "stolen.log"), Path.Combine(secrets, "orders.log"));
        File.CreateSymbolicLink(Path.Combine(volume, "stolen.txt"), Path.Combine(secrets, "orders.txt"));
        Directory.CreateSymbolicLink(Path.Combine(volume, "there"), secrets);
        Directory.CreateSymbolicLink(Path.Combine(volume, "deep"), others);
        _api.Put(ApiObjects.Namespace("shop", ("team", "payments")));
        JsonObject pod = ApiObjects.Pod("shop", "cart-1", "u1", ("logpipeline.io/files", "/var/log/app/*.txt, /var/log/app/*/orders.txt, /var/log/app/deep/quiet.txt, /etc/passwd"));
        _api.Put(pod);
        _api.Put(ApiObjects.Pod("shop", "other-1", "u2"));
        await StoredAsync(2);
        // A file that comes later, and one behind a restart of the node: it waits for the API to name it again.
        await File.WriteAllTextAsync(Path.Combine(volume, "late.txt"), "third\n");
        await StoredAsync(3);
        Assert.True(await _run.Nodes[0].TerminateAsync(Limit));
        await File.AppendAllTextAsync(Path.Combine(volume, "orders.txt"), "fourth\n");
        await StoredAsync(4);
        // Its Pod ends, and its volume with it: the last line has no newline.
        await File.AppendAllTextAsync(Path.Combine(volume, "late.txt"), "fifth");
        await ExposedAsync("""(?m)^logpipeline_backlog_bytes(\{[^}]*\})? 5$""");
        _api.Delete(pod);
        Directory.Delete(volume, recursive: true);
        await StoredAsync(5);
        Assert.Equal(["fifth", "first", "fourth", "second", "third"], Documents.Select(Body).Order(StringComparer.Ordinal));
        Assert.All(Documents, document => Assert.Equal(
            ("payments", "shop", "cart-1", "app"), (document.GetProperty("tenant").GetString(), Text(document, "k8s.namespace.name"), Text(document, "k8s.pod.name"), Text(document, "k8s.container.name"))));
        Assert.Contains("logpipeline.io/files names '/etc/passwd', which is on no volume of container 'app'", _run.History, StringComparison.Ordinal);
        await ExposedAsync("""(?m)^logpipeline_lost_bytes_total(\{[^}]*\})? 0$""");
        await ExposedAsync("""(?m)^logpipeline_lost_gaps_total(\{[^}]*\})? 0$""");
        Assert.Equal(0, _store.Conflicts);
    }

    [Fact]
    public async Task While_no_api_answers_lines_wait_for_their_tenant_or_go_on_marked_and_nothing_is_in_a_wrong_index()
    {
        _api = await ScriptedApi.StartAsync();
        string url = _api.Url;
        await _api.DisposeAsync();
        await StartAsync(url, "20s");
        Write("shop", "cart-1", "u1", "whose?");
        Write("kube-system", "proxy-1", "u2", "by name");
        await StoredAsync(1);
        JsonElement marked = Assert.Single(Documents);
        Assert.Equal(("by name", "platform"), (Body(marked), marked.GetProperty("tenant").GetString()));
        Assert.True(marked.GetProperty("resource").GetProperty("k8s.pod.metadata_missing").GetBoolean());
        await ExposedAsync("""(?m)^logpipeline_metadata_waiting_streams(\{[^}]*\})? 1$""");

        // Its namespace's label is another after a restart of the node; what was stored stays where it is.
        _api = await ScriptedApi.StartAsync(new Uri(url).Port);
        _api.Put(ApiObjects.Pod("shop", "cart-1", "u1"));
        _api.Put(ApiObjects.Namespace("shop", ("team", "blue")));
        await StoredAsync(2);
        _api.Put(ApiObjects.Namespace("shop", ("team", "green")));
        Assert.True(await _run!.Nodes[0].TerminateAsync(Limit));
        // In a file that no process has sent anything of.
        string live = Path.Combine(_run.FolderOf(0, "pods", "shop_cart-1_u1", "app"), "0.log");
        File.Move(live, live + ".20261128-200000");
        Write("shop", "cart-1", "u1", "relabelled");
        await StoredAsync(3);
        Assert.Equal(
            ["by name platform", "relabelled green", "whose? blue"],
            Documents.Select(document => $"{Body(document)} {document.GetProperty("tenant").GetString()}").Order(StringComparer.Ordinal));
        Assert.Equal(0, _store.Conflicts);
    }

    private async Task StartAsync(string url, string wait)
    {
        _server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        string kubeconfig = ScriptedApi.Kubeconfig(url, Path.Combine(_folder, "kubeconfig"));
        _run = new ClusterRun(1, _server.Url, nodes: 1, aggregators: 1, writers: 0, rules: ByLabel, kubernetes: $"{{ enabled: true, kubeconfig: \"{kubeconfig}\", wait: {wait}, pods_directory: \"{{folder}}/kubelet/pods\" }}");
    }

    private IEnumerable<JsonElement> Documents => _store.Documents().Select(document => JsonSerializer.Deserialize<JsonElement>(_store.Find(document.Index, document.Id, out _)));

    private static string Body(JsonElement document) => document.GetProperty("body").GetString()!;

    private static string Text(JsonElement document, string name) => document.GetProperty("resource").GetProperty(name).GetString()!;

    private void Write(string @namespace, string pod, string uid, params string[] lines)
    {
        string path = Path.Combine(_run!.FolderOf(0, "pods", $"{@namespace}_{pod}_{uid}", "app"), "0.log");
        File.AppendAllLines(path, lines.Select(line => $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffffffZ} stdout F {line}"));
    }

    private async Task ExposedAsync(string pattern)
    {
        string metrics = "";
        Assert.True(await Eventually.ComesAsync(Limit, async () => Regex.IsMatch(metrics = await _run!.MetricsAsync(_run.Nodes[0]), pattern)), $"not exposed: {pattern}\n{metrics}");
    }

    private async Task StoredAsync(int documents) => Assert.True(
        await Eventually.ComesAsync(Limit, () =>
        {
            _run!.Supervise();
            return _store.Count >= documents;
        }),
        $"{_store.Count} of {documents} documents\n{_run!.History}");
}
