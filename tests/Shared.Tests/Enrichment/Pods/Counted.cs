using System.Diagnostics.Metrics;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Enrichment.Pods;

/// <summary>The sum of one counter, with one value of a label where it is given, over what the test does while this listens.</summary>
internal sealed class Counted : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _value;

    public Counted(string counter, string? label = null)
    {
        // Tests run beside each other, each with a meter of its own; measurements are made on the test's own thread.
        int thread = Environment.CurrentManagedThreadId;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == PipelineMetrics.MeterName && instrument.Name == counter) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (Environment.CurrentManagedThreadId == thread && (label is null || tags.ToArray().Any(tag => (string?)tag.Value == label))) _value += value;
        });
        _listener.Start();
    }

    public long Value => _value;

    public void Dispose() => _listener.Dispose();
}
