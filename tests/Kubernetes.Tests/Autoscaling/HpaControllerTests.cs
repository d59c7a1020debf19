using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Autoscaling;

public sealed class HpaControllerTests
{
    private static readonly TimeSpan Sync = TimeSpan.FromSeconds(5);

    /// <summary>A real controller (Kubernetes 1.32) was recorded every two seconds: what the metric was, and how many replicas it asked for.</summary>
    [Fact]
    public void The_algorithm_does_what_the_recorded_controller_did()
    {
        var controller = new HpaController(JsonNode.Parse(Repository.Text("tests/recorded/hpa/spec.json"))!);
        (double At, double? Served, int Replicas)[] recorded =
            [.. Repository.Text("tests/recorded/hpa/timeseries.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
                .Select(line => (line["t"]!.GetValue<double>(), line["served"]?.GetValue<double>(), line["replicas"]!.GetValue<int>()))];
        int replicas = 1;
        var simulated = new List<(double At, int Replicas)>();
        // The recorded controller looked at 1.4 s, 6.4 s, and so on.
        for (TimeSpan now = TimeSpan.FromSeconds(1); now.TotalSeconds < recorded[^1].At; now += Sync)
        {
            double? served = recorded.LastOrDefault(sample => sample.At <= now.TotalSeconds).Served;
            int next = controller.Decide(now, replicas, replicas, _ => served);
            if (next != replicas) simulated.Add((now.TotalSeconds, next));
            replicas = next;
        }
        var real = recorded.Zip(recorded.Skip(1)).Where(pair => pair.First.Replicas != pair.Second.Replicas).Select(pair => (pair.Second.At, pair.Second.Replicas)).ToList();
        Assert.Equal(real.Select(step => step.Replicas), simulated.Select(step => step.Replicas)); // 2, 4, 5, 2, 1, 2
        Assert.All(real.Zip(simulated), pair => Assert.InRange(pair.First.At - pair.Second.At, -Sync.TotalSeconds, Sync.TotalSeconds));
    }

    /// <summary>Its backlog is not there meanwhile. The rules need not bridge that, as the autoscaler takes nobody away before fewer have been wanted for five minutes.</summary>
    [Theory]
    [InlineData(240, 6)]
    [InlineData(330, 5)] // longer: a first one goes
    public void A_restart_of_the_only_node_takes_no_aggregator_away(int seconds, int least)
    {
        var controller = new HpaController(Kustomization.Of("k8s/overlays/production").Single("HorizontalPodAutoscaler", "pipeline-aggregator").Json["spec"]!);
        const int Begin = 600, Look = 15;
        int replicas = 6, fewest = 6, most = 6;
        for (int now = 0; now < Begin + seconds + 600; now += Look)
        {
            double there = now >= Begin && now < Begin + seconds ? 0 : 1;
            replicas = controller.Decide(TimeSpan.FromSeconds(now), replicas, replicas, name => there * (name switch
            {
                "logpipeline_scalable_backlog_bytes" => 6.0 * (256 << 20),
                "logpipeline_drain_seconds" => 60,
                _ => 0,
            }));
            (fewest, most) = now < Begin + seconds ? (Math.Min(fewest, replicas), Math.Max(most, replicas)) : (fewest, Math.Max(most, replicas));
        }
        Assert.Equal((least, 6), (fewest, most));
    }
}
