using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes.Manifests;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

/// <summary>What prometheus-adapter is told to ask, with its template filled in as it does for a namespace.</summary>
internal static class Adapter
{
    public static IReadOnlyList<JsonNode> Rules { get; } =
        [.. Manifest.Items(YamlJson.Parse(Repository.Text("k8s/autoscaling/prometheus-adapter/values.yaml")).Single()["rules"]!["external"])];

    public static IEnumerable<string> Queries => Rules.Select(QueryOf);

    /// <summary>What it asks for a metric that an autoscaler names.</summary>
    public static string QueryOf(string metric) => QueryOf(Rules.Single(rule => Manifest.Text(rule["name"]!["as"]) == metric));

    private static string QueryOf(JsonNode rule) =>
        Manifest.Text(rule["metricsQuery"])
            .Replace("<<.Series>>", Manifest.Text(rule["seriesQuery"]), StringComparison.Ordinal)
            .Replace("<<.LabelMatchers>>", "", StringComparison.Ordinal);
}
