using System.Diagnostics.Metrics;
using LogPipeline.Local.Observability;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

/// <summary>The names that the product exposes, from its own instruments: the one source of what dashboards and rules ask for.</summary>
internal static class MetricNames
{
    /// <summary>Every name that <c>/metrics</c> may have; histograms with their three.</summary>
    public static IReadOnlySet<string> All { get; } = Load();

    /// <summary>A counter, as it is exposed.</summary>
    public static string Of(Func<PipelineMetrics, Instrument> instrument)
    {
        using var metrics = new PipelineMetrics();
        Instrument found = instrument(metrics);
        return found is Counter<long> ? found.Name + "_total" : found.Name;
    }

    private static HashSet<string> Load()
    {
        var names = new HashSet<string>();
        foreach (string line in MetricsReference.Render().Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            string[] cells = line.Split('|');
            string name = cells[1].Trim(' ', '`');
            if (cells[2].Trim() == "histogram") names.UnionWith([name + "_bucket", name + "_sum", name + "_count"]);
            else names.Add(name);
        }
        return names;
    }
}
