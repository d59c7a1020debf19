using System.Diagnostics.Metrics;
using LogPipeline.Observability;
using Prometheus;

namespace LogPipeline.Cluster.Observability;

/// <summary>
/// Hands the pipeline's meters to prometheus-net: the same names as those of a single process (<c>docs/metrics.md</c>), counters with <c>_total</c>. Gauges are read when
/// metrics are collected.
/// </summary>
public sealed class PrometheusBridge : IDisposable
{
    private static readonly double[] Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

    private readonly MeterListener _listener = new();
    private readonly MetricFactory _factory;

    /// <param name="metrics">The process's meters.</param>
    /// <param name="registry">Where prometheus-net collects.</param>
    public PrometheusBridge(PipelineMetrics metrics, CollectorRegistry registry)
    {
        _factory = Metrics.WithCustomRegistry(registry);
        Meter meter = metrics.ReadBytes.Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measure(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measure(instrument, value, tags));
        _listener.Start();
        registry.AddBeforeCollectCallback(_listener.RecordObservableInstruments);
    }

    public void Dispose() => _listener.Dispose();

    private void Measure(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = new string[tags.Length];
        var values = new string[tags.Length];
        for (int index = 0; index < tags.Length; index++) (names[index], values[index]) = (tags[index].Key, tags[index].Value?.ToString() ?? "");
        string help = instrument.Description ?? instrument.Name;
        switch (instrument)
        {
            case Counter<long>:
                _factory.CreateCounter(instrument.Name + "_total", help, names).WithLabels(values).Inc(value);
                break;
            case Histogram<double>:
                _factory.CreateHistogram(instrument.Name, help, names, new HistogramConfiguration { Buckets = Buckets }).WithLabels(values).Observe(value);
                break;
            default:
                _factory.CreateGauge(instrument.Name, help, names).WithLabels(values).Set(value);
                break;
        }
    }
}
