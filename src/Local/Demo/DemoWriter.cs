using LogPipeline.Configuration;

namespace LogPipeline.Local.Demo;

/// <summary>
/// Writes the pod logs of a small cluster into a folder, in the kubelet's layout: some minutes of history, then lines as they happen,
/// with rotation, compression and restarts. The same seed and times give the same bytes. Used by one thread at a time.
/// </summary>
public sealed class DemoWriter : IDemoStage, IDisposable
{
    /// <summary>Lines a second while <see cref="Run"/> runs.</summary>
    public const double LiveLinesPerSecond = 30;

    /// <summary>How far back the history goes, and how many lines it has, about.</summary>
    public static readonly TimeSpan History = TimeSpan.FromMinutes(15);

    private const double HistoryLines = 2_000;

    /// <summary>Small, so that a few minutes show rotation; the kubelet's default is 10 MiB.</summary>
    private const int MaxFileBytes = 40 << 10;

    private const int MaxFiles = 5;
    private const long RotationIntervalNanos = 10_000_000_000; // the kubelet's containerLogMonitorInterval

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private readonly DemoTraffic _traffic;
    private readonly Dictionary<DemoContainer, ContainerLog> _logs = [];
    private long _nextRotation;

    /// <param name="folder">Where <c>var/log/pods</c> is created; the caller's to delete.</param>
    /// <param name="seed">Decides everything but the times.</param>
    /// <param name="time">The present.</param>
    public DemoWriter(string folder, int seed, TimeProvider time)
    {
        (Folder, _time) = (folder, time);
        var random = new Random(seed);
        var cluster = new DemoCluster(random);
        long now = NowNanos(), start = now - (long)History.TotalMilliseconds * 1_000_000;
        foreach (var container in cluster.All) _logs[container] = new ContainerLog(Path.Combine(folder, "var/log/pods", container.Folder), MaxFileBytes, MaxFiles);
        _traffic = new DemoTraffic(cluster, random, start);
        _nextRotation = start + RotationIntervalNanos;
        _traffic.PlanMishaps(start, now);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The glob of its container logs.</summary>
    public string SourceGlob => Path.Combine(Folder, "var/log/pods/*/*/*.log");

    /// <summary>Creates an empty folder <c>pipeline-demo-XXXXXX</c> among the temporary files.</summary>
    public static string CreateFolder() => Directory.CreateTempSubdirectory("pipeline-demo-").FullName;

    /// <summary>Makes options read this demo, and keep state and store in its folder, as far as they do not say otherwise. Namespaces become a few tenants, so that there is something to tell apart.</summary>
    public void Configure(PipelineOptions options)
    {
        options.Sources.Clear();
        options.Sources.Add(new SourceOptions { Path = SourceGlob });
        if (options.Ledger.StateDirectory.Length == 0) options.Ledger.StateDirectory = Path.Combine(Folder, "state");
        if (options.Store.Embedded.Path.Length == 0) options.Store.Embedded.Path = Path.Combine(options.Ledger.StateDirectory, "store");
        if (options.Enrichment.Cluster.Length == 0) options.Enrichment.Cluster = "demo";
        if (options.Tenancy.Rules.Count > 0) return;
        foreach (var (name, tenant) in (ReadOnlySpan<(string, string)>)[("kube-*", "platform"), ("monitoring", "platform"), ("payments", "payments"), ("*", "shop")])
            options.Tenancy.Rules.Add(new TenantRule { Namespace = name, Tenant = tenant });
    }

    /// <summary>Writes the last 15 minutes. Throws <see cref="IOException"/>.</summary>
    public void WriteHistory() => Advance(HistoryLines / History.TotalSeconds);

    /// <summary>Writes what happened since the last call. Throws <see cref="IOException"/>.</summary>
    public void WriteNow() => Advance(LiveLinesPerSecond);

    /// <summary>Writes lines as they happen until cancelled. Throws <see cref="IOException"/> when the folder cannot be written any more.</summary>
    public async Task Run(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false)) WriteNow();
        }
        catch (OperationCanceledException)
        {
            // Asked to stop; every line begun is whole.
        }
    }

    public void Dispose()
    {
        foreach (var log in _logs.Values) log.Dispose();
    }

    void IDemoStage.Write(DemoContainer container, long nanos, bool stderr, string line)
    {
        if (!container.IsDown) _logs[container].Write(nanos, stderr, line);
    }

    void IDemoStage.End(DemoContainer container)
    {
        _logs[container].Flush();
        container.IsDown = true;
    }

    void IDemoStage.Restart(DemoContainer container)
    {
        _logs[container].Restart();
        container.IsDown = false;
    }

    private void Advance(double linesPerSecond)
    {
        _traffic.Advance(NowNanos(), linesPerSecond, this, RotateIfDue);
        foreach (var log in _logs.Values) log.Flush();
    }

    private void RotateIfDue(long nanos)
    {
        for (; nanos >= _nextRotation; _nextRotation += RotationIntervalNanos)
        {
            foreach (var log in _logs.Values) log.Rotate(_nextRotation);
        }
    }

    private long NowNanos() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
}
