using System.Globalization;
using System.Text.Json.Nodes;
using LogPipeline.Tests.Kubernetes;
using LogPipeline.Tests.Kubernetes.Autoscaling;
using LogPipeline.Tests.Kubernetes.Manifests;
using LogPipeline.Tests.Kubernetes.Monitoring;

namespace LogPipeline.Benchmarks.Scaling;

/// <summary>
/// The autoscaler of <c>k8s/autoscaling/hpa</c>: the controller's algorithm over its <c>spec</c>, with the adapter's queries. Two values are those of this machine: the largest number, and the load
/// of an aggregator, which is to be half of what one stores.
/// </summary>
internal sealed class Autoscaler
{
    public const int MostReplicas = 6;

    private const string LoadMetric = "logpipeline_durable_bytes_per_second", ManifestFile = "k8s/autoscaling/hpa/horizontal-pod-autoscaler.yaml";

    private readonly HpaController _controller;
    private readonly string[] _metrics;

    /// <param name="capacity">Bytes a second that one aggregator stores.</param>
    public Autoscaler(double capacity)
    {
        JsonNode spec = YamlJson.Parse(Repository.Text(ManifestFile)).Single()["spec"]!;
        spec["maxReplicas"] = (long)MostReplicas;
        JsonNode[] metrics = [.. Manifest.Items(spec["metrics"]).Select(metric => metric["external"]!)];
        metrics.Single(metric => NameOf(metric) == LoadMetric)["target"]!["averageValue"] = (capacity / 2).ToString(CultureInfo.InvariantCulture);
        _metrics = [.. metrics.Select(NameOf)];
        _controller = new HpaController(spec);
    }

    public int Least => _controller.Least;

    /// <summary>The metrics' last values, in the manifest's order; null for one that could not be had.</summary>
    public IReadOnlyList<double?> Values { get; private set; } = [];

    /// <summary>Asks for all metrics.</summary>
    public async Task LookAsync(PrometheusServer prometheus) =>
        Values = await Task.WhenAll(_metrics.Select(metric => prometheus.QueryAsync(Adapter.QueryOf(metric))));

    /// <summary>One synchronization with the last values: how many replicas there should be.</summary>
    public int Decide(TimeSpan now, int replicas, int ready) => _controller.Decide(now, replicas, ready, name => Values[Array.IndexOf(_metrics, name)]);

    /// <summary>The metrics' values.</summary>
    public override string ToString() => string.Join(", ", _metrics.Zip(Values).Select(pair => $"{pair.First} {pair.Second?.ToString("0", CultureInfo.InvariantCulture) ?? "missing"}"));

    private static string NameOf(JsonNode metric) => Manifest.Text(metric["metric"]!["name"]);
}
