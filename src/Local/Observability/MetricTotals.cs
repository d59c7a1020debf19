using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using LogPipeline.Observability;

namespace LogPipeline.Local.Observability;

/// <summary>The sums of the pipeline's counters since the process began, over all labels: what the health view shows.</summary>
public sealed class MetricTotals : IDisposable
{
    private readonly ConcurrentDictionary<string, StrongBox> _totals = [];
    private readonly MeterListener _listener = new();

    /// <param name="metrics">Whose counters, and nobody else's in the process; created just before, so that nothing was counted yet.</param>
    public MetricTotals(PipelineMetrics metrics)
    {
        Meter meter = metrics.ReadBytes.Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && instrument is Counter<long>) listener.EnableMeasurementEvents(instrument, _totals.GetOrAdd(instrument.Name, _ => new StrongBox()));
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, state) => Interlocked.Add(ref ((StrongBox)state!).Value, value));
        _listener.Start();
    }

    public long this[Instrument counter] => _totals.TryGetValue(counter.Name, out StrongBox? total) ? Interlocked.Read(ref total.Value) : 0;

    public void Dispose() => _listener.Dispose();

    private sealed class StrongBox
    {
        public long Value;
    }
}
