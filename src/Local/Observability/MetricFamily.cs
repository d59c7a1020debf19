using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace LogPipeline.Local.Observability;

/// <summary>One instrument and its series, as they accumulate. Measurements come from any thread; a measurement of a known series allocates nothing.</summary>
internal sealed class MetricFamily
{
    /// <summary>Series of one family. Labels are bounded by design; should one not be, memory stays bounded all the same.</summary>
    public const int MaxSeries = 2_000;

    /// <summary>Where measurements of further series go, as OpenTelemetry's SDKs do.</summary>
    private const string OverflowLabels = "otel_metric_overflow=\"true\"";

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new();
    private readonly ConcurrentDictionary<string, MetricSeries>.AlternateLookup<ReadOnlySpan<char>> _byText;
    private readonly MetricSeries? _unlabelled;
    private readonly bool _adds;

    public MetricFamily(Instrument instrument)
    {
        Type = TypeOf(instrument);
        _adds = !instrument.IsObservable && !instrument.GetType().Name.StartsWith("Gauge", StringComparison.Ordinal);
        Name = Type == MetricType.Counter ? instrument.Name + "_total" : instrument.Name;
        Help = instrument.Description ?? "";
        _byText = _series.GetAlternateLookup<ReadOnlySpan<char>>();
        if (MetricLabels.Of(instrument.Name).Count == 0) _unlabelled = _series.GetOrAdd("", new MetricSeries(Type, _adds));
    }

    public string Name { get; }

    public string Help { get; }

    public MetricType Type { get; }

    /// <summary>The series by their label texts, ordered.</summary>
    public IEnumerable<KeyValuePair<string, MetricSeries>> Series => _series.OrderBy(series => series.Key, StringComparer.Ordinal);

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (double.IsFinite(value)) Find(tags).Record(value); // what is no number keeps the last one: NaN in a series stops an autoscaler
    }

    private MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty && _unlabelled is not null) return _unlabelled;
        Span<char> scratch = stackalloc char[512];
        var text = LabelText.TryWrite(tags, scratch, out int length) ? scratch[..length] : LabelText.Write(tags);
        if (_byText.TryGetValue(text, out var series)) return series;
        return _series.GetOrAdd(_series.Count < MaxSeries ? text.ToString() : OverflowLabels, static (_, family) => new MetricSeries(family.Type, family._adds), this);
    }

    private static MetricType TypeOf(Instrument instrument)
    {
        string kind = instrument.GetType().Name;
        return kind.StartsWith("Histogram", StringComparison.Ordinal) ? MetricType.Histogram
            : kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal) ? MetricType.Counter
            : MetricType.Gauge;
    }
}
