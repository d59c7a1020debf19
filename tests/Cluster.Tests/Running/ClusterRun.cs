using System.Diagnostics;
using System.Globalization;
using LogPipeline.Tests.Judging;
using LogPipeline.Tests.Storing;
using LogPipeline.Tests.Writing;

namespace LogPipeline.Tests.Running;

/// <summary>
/// Nodes with writers of their own, aggregators, and a store; members are killed and frozen while files are written and rotated. What is written, when files rotate and
/// what befalls whom comes from the seed; the interleaving with the real processes does not.
/// </summary>
internal sealed class ClusterRun : IAsyncDisposable
{
    private const int MemberPort = 4053;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);

    private readonly Workspace _workspace = new();
    private readonly Random _random;
    private readonly List<LogWriter> _writers = [];
    private readonly List<ClusterMember> _aggregators = [], _nodes = [];
    private readonly int[] _webPorts;
    private readonly string _storeUrl, _seeds, _limits, _rules;
    private readonly string? _kubernetes;
    private readonly ClusterAuthority? _authority;
    private readonly MemberNetwork? _network;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };

    /// <param name="seed">Of the writers.</param>
    /// <param name="storeUrl">Where the aggregators store.</param>
    /// <param name="nodes">Members that read.</param>
    /// <param name="aggregators">Members that store.</param>
    /// <param name="authority">Whose certificates members have; null without TLS.</param>
    /// <param name="byName">Whether members find the one aggregator by a name instead of static seeds.</param>
    /// <param name="writers">Writers of each kind that a node gets; without them the test writes into <see cref="FolderOf"/> itself.</param>
    /// <param name="network">Where members have addresses of their own, the aggregators the first places; null when all are on this machine's.</param>
    /// <param name="limits">Of tenants, as in the configuration.</param>
    /// <param name="rules">Of tenants, as in the configuration.</param>
    /// <param name="kubernetes">What nodes ask the Kubernetes API, as in the configuration, with {folder} for the node's own; null for nothing.</param>
    public ClusterRun(int seed, string storeUrl, int nodes, int aggregators, ClusterAuthority? authority = null, bool byName = false, int writers = 1, MemberNetwork? network = null, string limits = "[]", string rules = "[{ namespace: \"team-*\", tenant: \"{namespace}\" }]", string? kubernetes = null)
    {
        _random = new Random(seed);
        _storeUrl = storeUrl;
        _authority = authority;
        _network = network;
        (_limits, _rules, _kubernetes) = (limits, rules, kubernetes);
        int[] ports = network is null ? [.. FreePorts.Take(2 * (nodes + aggregators))] : [];
        _webPorts = ports[(ports.Length / 2)..];
        string[] addresses = network is null
            ? [.. ports[..(ports.Length / 2)].Select(port => $"127.0.0.1:{port}")]
            : [.. Enumerable.Range(0, nodes + aggregators).Select(_ => AddressOf(network.Add()))];
        _seeds = byName ? $"seeds_dns: {addresses[0].Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}" : $"seeds: [{string.Join(", ", addresses[..aggregators].Select(address => $"\"{address}\""))}]";
        for (int place = 0; place < addresses.Length; place++) Start(place < aggregators ? _aggregators : _nodes, place < aggregators ? "Aggregator" : "Node", addresses[place], place);
        for (int node = 0; node < nodes; node++)
            for (int set = 0; set < writers; set++) AddWriters($"node-{node}", set);
    }

    public IReadOnlyList<ClusterMember> Aggregators => _aggregators;

    public IReadOnlyList<ClusterMember> Nodes => _nodes;

    public IEnumerable<ClusterMember> Members => _aggregators.Concat(_nodes);

    public IReadOnlyCollection<LogWriter> Writers => _writers;

    /// <summary>A folder that a node reads: <c>pods</c>, <c>containers</c> or <c>log</c>.</summary>
    public string FolderOf(int node, params string[] names) => _workspace.Folder([$"node-{node}", .. names]);

    public string History => string.Join('\n', Members.Select(member => $"== {member.Name}\n{member.Said}"));

    /// <summary>Writes for a number of steps beside the running members.</summary>
    public async Task WriteAsync(int steps)
    {
        using var pace = new PeriodicTimer(Pace);
        for (int step = 0; step < steps; step++)
        {
            LogWriter writer = _writers[_random.Next(_writers.Count)];
            if (_random.Next(100) == 0) writer.Rotate();
            else
                for (int lines = _random.Next(1, 8); lines > 0; lines--) writer.Write();
            Supervise();
            await pace.WaitForNextTickAsync();
        }
    }

    /// <summary>One more aggregator, which joins through the others. Wants a network.</summary>
    public ClusterMember AddAggregator()
    {
        int place = _network!.Add();
        return Start(_aggregators, "Aggregator", AddressOf(place), place);
    }

    /// <summary>Whether a member of a network says that it is up and at work.</summary>
    public async Task<bool> IsReadyAsync(ClusterMember member)
    {
        try
        {
            return (await _http.GetAsync($"http://{WebAddressOf(member.Place)}/readyz")).IsSuccessStatusCode;
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>What a member exposes for Prometheus now; empty while it does not answer.</summary>
    public async Task<string> MetricsAsync(ClusterMember member)
    {
        try
        {
            return await _http.GetStringAsync($"http://{WebAddressOf(member.Place)}/metrics");
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException or TaskCanceledException)
        {
            return "";
        }
    }

    /// <summary>How long it takes until something that is written from now on is stored of every writer; null when it does not come in time.</summary>
    public async Task<TimeSpan?> FlowAsync(ModelStore store, TimeSpan within)
    {
        long begin = Stopwatch.GetTimestamp();
        int seen = store.Count;
        var flowing = new HashSet<LogWriter>();
        var stored = new HashSet<(string SubStream, string Line)>();
        Dictionary<WrittenLane, int> before = _writers.SelectMany(writer => writer.Lanes.Values).ToDictionary(lane => lane, lane => lane.Lines.Count);
        while (flowing.Count < _writers.Count)
        {
            if (Stopwatch.GetElapsedTime(begin) > within) return null;
            await WriteAsync(20);
            List<StoredDocument> documents = store.DocumentsFrom(seen);
            seen += documents.Count;
            stored.UnionWith(documents.Select(document => (document.SubStream, document.Text.Split('\n')[0])));
            flowing.UnionWith(_writers.Where(writer => writer.Lanes.Any(lane => lane.Value.Lines.Skip(before.GetValueOrDefault(lane.Value)).Any(line => stored.Contains((lane.Key, line.Text))))));
        }
        return Stopwatch.GetElapsedTime(begin);
    }

    public void Finish()
    {
        foreach (LogWriter writer in _writers) writer.Finish();
    }

    /// <summary>Starts members again that have ended.</summary>
    public void Supervise()
    {
        foreach (ClusterMember member in Members) member.Supervise();
    }

    /// <summary>Waits until the oracle finds no difference; gives those that stay.</summary>
    public async Task<OracleVerdict> DifferencesAsync(ModelStore store, TimeSpan within)
    {
        OracleVerdict verdict;
        using var deadline = new CancellationTokenSource(within);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        do
        {
            Supervise();
            verdict = Oracle.Compare(_writers, store.Documents());
            if (verdict.IsExact) return verdict;
        }
        while (await TickAsync(pause, deadline.Token));
        return verdict;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterMember member in Members) await member.DisposeAsync();
        foreach (LogWriter writer in _writers) writer.Dispose();
        _http.Dispose();
        _workspace.Dispose();
    }

    private static async Task<bool> TickAsync(PeriodicTimer pause, CancellationToken deadline)
    {
        try
        {
            return await pause.WaitForNextTickAsync(deadline);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private string WebAddressOf(int place) => _network is { } network ? $"{network.AddressOf(place)}:9464" : $"127.0.0.1:{_webPorts[place]}";

    private string AddressOf(int place) => $"{_network!.AddressOf(place)}:{MemberPort}";

    private ClusterMember Start(List<ClusterMember> members, string project, string address, int place)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{project.ToLowerInvariant()}-{members.Count}");
        var member = new ClusterMember(name, project, Configuration(name, address, place), _network?.CommandAt(place)) { Place = place };
        members.Add(member);
        return member;
    }

    private string Configuration(string name, string address, int place)
    {
        string path = _workspace.PathOf(name + ".yaml");
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"""
            sources:
              - path: "{_workspace.Folder(name, "pods")}/*/*/*.log"
              - path: "{_workspace.Folder(name, "containers")}/*/*-json.log"
              - path: "{_workspace.Folder(name, "log")}/*.log"
              - path: "{_workspace.Folder(name, "kubelet")}/pods/*/volumes/kubernetes.io~empty-dir/*/**/*.log"
            enrichment:
              host: {name}
              {(_kubernetes is null ? "" : $"kubernetes: {_kubernetes.Replace("{folder}", _workspace.Folder(name), StringComparison.Ordinal)}")}
            ledger:
              state_directory: {_workspace.Folder(name, "state")}
              checkpoint_interval: 100ms
            joining:
              flush_after: 300ms
            indexing:
              max_backoff: 200ms
            tailing:
              rescan_interval: 2s
            tenancy:
              rules: {_rules}
              limits: {_limits}
              default: default
            store:
              urls: ["{_storeUrl}"]
            web:
              listen: {WebAddressOf(place)}
            cluster:
              listen: {address}
              {_seeds}
              stable_after: 3s
            {_authority?.Configuration(_workspace.Folder(name, "tls"), name)}

            """));
        return path;
    }

    private void AddWriters(string node, int set)
    {
        string suffix = set == 0 ? node : $"{node}-{set}";
        DateTime now = DateTime.UtcNow, midnight = now.Date.AddSeconds(-1);
        string pods = Path.Combine(_workspace.PathOf(node), "pods"), containers = Path.Combine(_workspace.PathOf(node), "containers");
        _writers.Add(new KubeletWriter(pods, "shop", _random, "cart-" + suffix, now) { Tenant = "default" });
        _writers.Add(new KubeletWriter(pods, "team-a", _random, "pay-" + suffix, midnight) { Tenant = "team-a" });
        _writers.Add(new KubeletWriter(pods, "team-b", _random, "search-" + suffix, now) { Tenant = "team-b" });
        _writers.Add(new DockerWriter(containers, _random, "web-" + suffix, now) { Tenant = "default" });
    }
}
