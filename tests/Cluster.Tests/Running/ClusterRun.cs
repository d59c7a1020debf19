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
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);

    private readonly Workspace _workspace = new();
    private readonly Random _random;
    private readonly List<LogWriter> _writers = [];
    private readonly string _seeds;
    private readonly ClusterAuthority? _authority;

    /// <param name="seed">Of the writers.</param>
    /// <param name="storeUrl">Where the aggregators store.</param>
    /// <param name="nodes">Members that read.</param>
    /// <param name="aggregators">Members that store.</param>
    /// <param name="authority">Whose certificates members have; null without TLS.</param>
    /// <param name="byName">Whether members find the one aggregator by a name instead of static seeds.</param>
    /// <param name="writers">Whether each node gets writers; without them the test writes into <see cref="FolderOf"/> itself.</param>
    public ClusterRun(int seed, string storeUrl, int nodes, int aggregators, ClusterAuthority? authority = null, bool byName = false, bool writers = true)
    {
        _random = new Random(seed);
        _authority = authority;
        int[] ports = FreePorts.Take(nodes + aggregators);
        _seeds = byName ? $"seeds_dns: localhost:{ports[0]}" : $"seeds: [{string.Join(", ", ports[..aggregators].Select(port => $"\"127.0.0.1:{port}\""))}]";
        Aggregators = [.. ports[..aggregators].Select((port, index) => new ClusterMember($"aggregator-{index}", "Aggregator", Configuration($"aggregator-{index}", storeUrl, port)))];
        Nodes = [.. ports[aggregators..].Select((port, index) => new ClusterMember($"node-{index}", "Node", Configuration($"node-{index}", storeUrl, port)))];
        for (int node = 0; writers && node < nodes; node++) AddWriters($"node-{node}");
    }

    public ClusterMember[] Aggregators { get; }

    public ClusterMember[] Nodes { get; }

    public IReadOnlyCollection<LogWriter> Writers => _writers;

    /// <summary>A folder that a node reads: <c>pods</c>, <c>containers</c> or <c>log</c>.</summary>
    public string FolderOf(int node, params string[] names) => _workspace.Folder([$"node-{node}", .. names]);

    public string History => string.Join('\n', Aggregators.Concat(Nodes).Select(member => $"== {member.Name}\n{member.Said}"));

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

    public void Finish()
    {
        foreach (LogWriter writer in _writers) writer.Finish();
    }

    /// <summary>Starts members again that have ended.</summary>
    public void Supervise()
    {
        foreach (ClusterMember member in Aggregators.Concat(Nodes)) member.Supervise();
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
        foreach (ClusterMember member in Aggregators.Concat(Nodes)) await member.DisposeAsync();
        foreach (LogWriter writer in _writers) writer.Dispose();
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

    private string Configuration(string name, string storeUrl, int port)
    {
        string path = _workspace.PathOf(name + ".yaml");
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"""
            sources:
              - path: "{_workspace.Folder(name, "pods")}/*/*/*.log"
              - path: "{_workspace.Folder(name, "containers")}/*/*-json.log"
              - path: "{_workspace.Folder(name, "log")}/*.log"
            enrichment:
              host: {name}
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
              rules:
                - namespace: "team-*"
                  tenant: "{"{namespace}"}"
              default: default
            store:
              urls: ["{storeUrl}"]
            web:
              listen: 127.0.0.1:0
            cluster:
              listen: 127.0.0.1:{port}
              {_seeds}
              stable_after: 3s
            {_authority?.Configuration(_workspace.Folder(name, "tls"), name)}

            """));
        return path;
    }

    private void AddWriters(string node)
    {
        DateTime now = DateTime.UtcNow, midnight = now.Date.AddSeconds(-1);
        string pods = Path.Combine(_workspace.PathOf(node), "pods"), containers = Path.Combine(_workspace.PathOf(node), "containers");
        _writers.Add(new KubeletWriter(pods, "shop", _random, "cart-" + node, now) { Tenant = "default" });
        _writers.Add(new KubeletWriter(pods, "team-a", _random, "pay-" + node, midnight) { Tenant = "team-a" });
        _writers.Add(new KubeletWriter(pods, "team-b", _random, "search-" + node, now) { Tenant = "team-b" });
        _writers.Add(new DockerWriter(containers, _random, "web-" + node, now) { Tenant = "default" });
    }
}
