using System.Diagnostics;
using System.Globalization;
using LogPipeline.Tests.Kubernetes.Autoscaling;

namespace LogPipeline.Benchmarks.Scaling;

/// <summary>
/// One scenario with real processes: a node, as many aggregators as the autoscaler asks for, Prometheus. Real are these, the metrics, and the time; the store is bounded for each aggregator, and the
/// autoscaler is its algorithm.
/// </summary>
/// <param name="scenario">What befalls them.</param>
/// <param name="cluster">The folder that node and aggregator were published to.</param>
/// <param name="folder">Where everything is kept while it lasts.</param>
internal sealed class ScalingRun(ScalingScenario scenario, string cluster, string folder)
{
    private const int SyncSeconds = 15;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), StartLimit = TimeSpan.FromMinutes(3), DrainLimit = TimeSpan.FromMinutes(10);

    private readonly List<ScalingSample> _samples = [];
    private readonly Autoscaler _autoscaler = new(ScalingScenario.Capacity);

    /// <summary>Runs it to its end, and until everything that was written is stored.</summary>
    public async Task<MeasuredScaling> RunAsync()
    {
        await using PacedStore store = await PacedStore.StartAsync(ScalingScenario.Capacity / LineAccount.LineBytes);
        await using var aggregators = new AggregatorDeployment(folder, Path.Combine(cluster, "pipeline-aggregator.dll"), store);
        aggregators.Begin(_autoscaler.Least);
        string logs = Path.Combine(folder, "pods");
        await using Member node = StartNode(aggregators, store, logs);
        await using var prometheus = new PrometheusServer(folder, node.Web);
        await using var writers = new LogWriters(logs);
        await UntilUpAsync(aggregators, node, prometheus);

        writers.Begin(scenario.BytesPerSecond);
        long began = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(Second);
        int nodeEnds = 0, second = -1, synchronization = 0;
        bool writes = true;
        while (true)
        {
            int now = (int)Stopwatch.GetElapsedTime(began).TotalSeconds;
            if (now > second)
            {
                second = now;
                store.Takes = scenario.StoreTakes(now);
                if (now >= synchronization)
                {
                    synchronization += SyncSeconds;
                    await SynchronizeAsync(now, aggregators, prometheus);
                }
                long waiting = (writers.Lines - store.Lines.Distinct) * LineAccount.LineBytes;
                _samples.Add(new ScalingSample(now, scenario.BytesPerSecond(now), waiting, _autoscaler.Values[0] ?? double.NaN, aggregators.Replicas, aggregators.Storing));
                if (now % 60 == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{scenario.Name} {now} s: {waiting / 1e6:0} MB wait, {aggregators.Replicas} aggregators, {aggregators.Ready} ready, {aggregators.Storing} have stored; {store.Lines.SentAgain} documents sent again; {_autoscaler}"));
            }
            if (writes && now >= scenario.Seconds)
            {
                await writers.EndAsync();
                writes = false;
            }
            if (!writes && (store.Lines.Distinct == writers.Lines || now > scenario.Seconds + DrainLimit.TotalSeconds)) break;
            await tick.WaitForNextTickAsync();
            await aggregators.SuperviseAsync();
            if (!node.HasEnded) continue;
            nodeEnds++;
            Console.WriteLine($"the node has ended with code {node.ExitCode} and is started again");
            node.StartAgain();
        }
        return new MeasuredScaling
        {
            Name = scenario.Name, Title = scenario.Title, CauseSecond = scenario.CauseSecond, MostReplicas = Autoscaler.MostReplicas, Capacity = ScalingScenario.Capacity, WrittenLines = writers.Lines,
            LostLines = Enumerable.Range(0, LogWriters.Streams).Sum(stream => (long)store.Lines.MissingOf(stream, writers.LinesOf(stream))), DoubledLines = store.Lines.Doubled, SentAgain = store.Lines.SentAgain,
            Started = aggregators.Started, BadEnds = aggregators.BadEnds + nodeEnds, LongestEndSeconds = aggregators.LongestEnd.TotalSeconds, Samples = _samples,
        };
    }

    private async Task SynchronizeAsync(int now, AggregatorDeployment aggregators, PrometheusServer prometheus)
    {
        prometheus.Scrape(aggregators.Targets());
        await _autoscaler.LookAsync(prometheus);
        int before = aggregators.Replicas, next = _autoscaler.Decide(TimeSpan.FromSeconds(now), before, aggregators.Ready);
        if (next != before || _autoscaler.Values.Contains(null)) Console.WriteLine($"{scenario.Name} {now} s: {before} -> {next} aggregators ({_autoscaler}; {aggregators.Ready} ready)");
        aggregators.ScaleTo(next);
        prometheus.Scrape(aggregators.Targets());
    }

    private Member StartNode(AggregatorDeployment aggregators, PacedStore store, string logs)
    {
        int[] ports = AggregatorDeployment.FreePorts(2);
        string path = Path.Combine(folder, "node.yaml");
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $$"""
            sources: [{ path: "{{logs}}/*/*/*.log" }]
            tenancy: { rules: [{ namespace: "*", tenant: "{namespace}" }] }
            ledger: { state_directory: "{{folder}}/state" }
            store: { urls: ["{{store.UrlFor("node")}}"] }
            web: { listen: "127.0.0.1:{{ports[0]}}" }
            cluster: { listen: "127.0.0.1:{{ports[1]}}", seeds: [{{string.Join(", ", aggregators.Seeds.Select(seed => $"\"{seed}\""))}}] }
            """));
        return new Member("node", Path.Combine(cluster, "pipeline-node.dll"), path, ports[0]);
    }

    private async Task UntilUpAsync(AggregatorDeployment aggregators, Member node, PrometheusServer prometheus)
    {
        long began = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(Second);
        do
        {
            if (Stopwatch.GetElapsedTime(began) > StartLimit) throw new TimeoutException($"Not everything is up: {aggregators.Ready} aggregators ready, node {(node.IsReady ? "ready" : "not ready")}; see {folder}");
            await tick.WaitForNextTickAsync();
            prometheus.Scrape(aggregators.Targets());
            await aggregators.SuperviseAsync();
            await node.ProbeAsync();
            await _autoscaler.LookAsync(prometheus);
        }
        while (aggregators.Ready < aggregators.Replicas || !node.IsReady || _autoscaler.Values.Contains(null));
    }
}
