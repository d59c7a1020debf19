using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

/// <summary>The rules that <c>k8s/monitoring</c> gives to the Prometheus operator.</summary>
internal static class Rules
{
    public static JsonObject Spec { get; } = YamlJson.Parse(Repository.Text("k8s/monitoring/rules.yaml")).Single()["spec"]!.AsObject();

    public static IReadOnlyList<JsonNode> All { get; } = [.. Manifest.Items(Spec["groups"]).SelectMany(group => Manifest.Items(group["rules"]))];

    public static IReadOnlyList<JsonNode> Alerts { get; } = [.. All.Where(rule => rule["alert"] is not null)];

    public static IReadOnlyList<JsonNode> Recordings { get; } = [.. All.Where(rule => rule["record"] is not null)];

    /// <summary>Writes them as Prometheus itself reads them, JSON being YAML.</summary>
    /// <param name="path">The file.</param>
    /// <param name="interval">How often they are evaluated; null as they say.</param>
    public static void Write(string path, string? interval = null)
    {
        JsonNode spec = Spec.DeepClone();
        if (interval is not null) foreach (JsonNode group in Manifest.Items(spec["groups"])) group["interval"] = interval;
        File.WriteAllText(path, spec.ToJsonString());
    }
}
