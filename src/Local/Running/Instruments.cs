using LogPipeline.Local.Observability;
using LogPipeline.Observability;

namespace LogPipeline.Local.Running;

/// <summary>The process's meters and who listens to them.</summary>
public sealed class Instruments : IDisposable
{
    public Instruments(IPipelineLog log)
    {
        Metrics = new PipelineMetrics();
        Exposition = new PrometheusExposition(Metrics, log);
        Totals = new MetricTotals(Metrics);
        Metrics.ExposeFromTheStart();
    }

    public PipelineMetrics Metrics { get; }

    public PrometheusExposition Exposition { get; }

    public MetricTotals Totals { get; }

    public void Dispose()
    {
        Totals.Dispose();
        Exposition.Dispose();
        Metrics.Dispose();
    }
}
