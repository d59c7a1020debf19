using System.Text.Json.Nodes;

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
}
