using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>One direction of <c>spec.behavior</c>.</summary>
/// <param name="Window">The stabilization window.</param>
/// <param name="TakesLargest"><c>selectPolicy: Max</c>: the policy that changes most.</param>
/// <param name="Policies">Percent or pods, in a period.</param>
internal sealed record HpaRules(TimeSpan Window, bool TakesLargest, IReadOnlyList<(bool IsPercent, int Value, TimeSpan Period)> Policies)
{
    public static HpaRules Read(JsonNode behavior) => new(
        TimeSpan.FromSeconds(behavior["stabilizationWindowSeconds"]!.GetValue<long>()),
        Manifest.Text(behavior["selectPolicy"]) is "" or "Max",
        [.. Manifest.Items(behavior["policies"]).Select(policy => (Manifest.Text(policy["type"]) == "Percent", (int)policy["value"]!.GetValue<long>(), TimeSpan.FromSeconds(policy["periodSeconds"]!.GetValue<long>())))]);
}
