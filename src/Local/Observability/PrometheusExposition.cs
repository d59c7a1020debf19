using System.Diagnostics.Metrics;
using LogPipeline.Local.Observability.Usage;
using LogPipeline.Observability;

namespace LogPipeline.Local.Observability;

/// <summary>
/// Collects every instrument of one <see cref="PipelineMetrics"/> and renders it, with the process's own metrics, in the Prometheus
/// text format. Counters begin with this object: create it right after the metrics. Never renders NaN.
/// </summary>
public sealed class PrometheusExposition : IDisposable
{
    private readonly Lock _rendering = new();
    private readonly Lock _publishing = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly IPipelineLog? _log;
    private bool _gaugeFailed;

    /// <param name="metrics">The pipeline's meters; other meters of the process are not collected.</param>
    /// <param name="log">Told once when a gauge cannot be read.</param>
    public PrometheusExposition(PipelineMetrics metrics, IPipelineLog? log = null)
    {
        _log = log;
        var meter = metrics.ReadBytes.Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter)) return;
            var family = new MetricFamily(instrument);
            lock (_publishing) _families[family.Name] = family;
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>What the CPU time is spent on; null until the pipeline has started.</summary>
    public CpuSplit? Cpu { get; set; }

    /// <summary>The metrics now. Gauges are read while this runs, on the caller's thread.</summary>
    public string Render()
    {
        lock (_rendering)
        {
            try
            {
                _listener.RecordObservableInstruments();
                _gaugeFailed = false;
            }
            catch (AggregateException e)
            {
                // The gauge keeps its last value; the others were read.
                if (!_gaugeFailed) _log?.Write(PipelineLogLevel.Error, LogEvents.GaugeFailed, $"a gauge cannot be read: {e.InnerExceptions[0].Message}");
                _gaugeFailed = true;
            }

            MetricFamily[] families;
            lock (_publishing) families = [.. _families.Values];
            var text = new PrometheusText();
            foreach (var family in families) text.Family(family);
            ProcessMetrics.Write(text, Cpu?.Now());
            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();
}
