using System.Globalization;
using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>
/// The algorithm of the HorizontalPodAutoscaler's controller, as Kubernetes documents it, for external metrics: the ratio to the target with its tolerance, the largest of
/// several metrics, stabilization, policies. Values in, replicas out; checked against a recording of the real one.
/// </summary>
internal sealed class HpaController
{
    private const double Tolerance = 0.1;

    private readonly HpaMetric[] _metrics;
    private readonly HpaRules _up, _down;
    private readonly List<(TimeSpan At, int Replicas)> _recommendations = [];
    private readonly List<(TimeSpan At, int Change)> _changes = [];

    /// <param name="spec">The <c>spec</c> of the manifest.</param>
    public HpaController(JsonNode spec)
    {
        (Least, Most) = ((int)spec["minReplicas"]!.GetValue<long>(), (int)spec["maxReplicas"]!.GetValue<long>());
        _metrics = [.. Manifest.Items(spec["metrics"]).Select(metric => metric["external"]!).Select(Read)];
        (_up, _down) = (HpaRules.Read(spec["behavior"]!["scaleUp"]!), HpaRules.Read(spec["behavior"]!["scaleDown"]!));
    }

    public int Least { get; }

    public int Most { get; }

    /// <summary>One synchronization: how many replicas there should be.</summary>
    /// <param name="now">The time.</param>
    /// <param name="replicas">How many are asked for now.</param>
    /// <param name="ready">How many are ready.</param>
    /// <param name="value">The metrics by their names; null for one that cannot be had.</param>
    public int Decide(TimeSpan now, int replicas, int ready, Func<string, double?> value)
    {
        var proposals = _metrics.Select(metric => Proposal(metric, value(metric.Name), replicas, ready)).ToList();
        int? wanted = proposals.Max();
        // One that is missing never lets the number fall.
        if (wanted is not { } desired || (proposals.Contains(null) && desired < replicas)) return replicas;
        int stabilized = Stabilize(now, replicas, desired);
        int next = Math.Clamp(Limit(now, replicas, stabilized), Least, Most);
        if (next != replicas) _changes.Add((now, next - replicas));
        return next;
    }

    private static int? Proposal(HpaMetric metric, double? value, int replicas, int ready)
    {
        if (value is not { } measured) return null;
        double ratio = metric.IsAverage ? measured / (metric.Target * replicas) : measured / metric.Target;
        if (Math.Abs(1 - ratio) <= Tolerance) return replicas;
        return (int)Math.Ceiling(metric.IsAverage ? measured / metric.Target : ratio * ready);
    }

    private int Stabilize(TimeSpan now, int replicas, int desired)
    {
        _recommendations.Add((now, desired));
        _recommendations.RemoveAll(old => old.At <= now - (_up.Window > _down.Window ? _up.Window : _down.Window) && old.At < now);
        int lowest = _recommendations.Where(old => old.At > now - _up.Window || old.At == now).Min(old => old.Replicas);
        int highest = _recommendations.Where(old => old.At > now - _down.Window || old.At == now).Max(old => old.Replicas);
        return replicas < lowest ? lowest : replicas > highest ? highest : replicas;
    }

    private int Limit(TimeSpan now, int replicas, int desired)
    {
        if (desired > replicas)
        {
            int[] limits = [.. _up.Policies.Select(policy => Above(Begin(now, replicas, policy.Period), policy.IsPercent, policy.Value))];
            return Math.Min(desired, Math.Max(replicas, _up.TakesLargest ? limits.Max() : limits.Min()));
        }
        if (desired < replicas)
        {
            int[] limits = [.. _down.Policies.Select(policy => Below(Begin(now, replicas, policy.Period), policy.IsPercent, policy.Value))];
            return Math.Max(desired, Math.Min(replicas, _down.TakesLargest ? limits.Min() : limits.Max()));
        }
        return replicas;
    }

    // How many there were when the period began.
    private int Begin(TimeSpan now, int replicas, TimeSpan period) => replicas - _changes.Where(change => change.At > now - period).Sum(change => change.Change);

    private static int Above(int begin, bool isPercent, int value) => isPercent ? (int)Math.Ceiling(begin * (1 + value / 100.0)) : begin + value;

    private static int Below(int begin, bool isPercent, int value) => isPercent ? (int)(begin * (1 - value / 100.0)) : begin - value;

    private static HpaMetric Read(JsonNode external)
    {
        JsonNode target = external["target"]!;
        bool average = Manifest.Text(target["type"]) == "AverageValue";
        return new HpaMetric(Manifest.Text(external["metric"]!["name"]), double.Parse(Manifest.Text(target[average ? "averageValue" : "value"]), CultureInfo.InvariantCulture), average);
    }
}
