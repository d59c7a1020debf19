namespace LogPipeline.Local.Observability;

/// <summary>The value of one series: a sum, a last value, or counts by bucket.</summary>
internal sealed class MetricSeries
{
    /// <summary>Upper bounds in seconds, from a checkpoint on a fast disk (1 ms) to a request at its timeout.</summary>
    public static readonly double[] BucketBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

    private readonly MetricType _type;
    private readonly bool _adds;
    private readonly long[] _buckets;
    private double _value;

    /// <param name="type">What kind of value it is.</param>
    /// <param name="adds">Measurements are what to add; otherwise they are the value itself (gauges, and counters that are observed).</param>
    public MetricSeries(MetricType type, bool adds)
    {
        (_type, _adds) = (type, adds);
        _buckets = type == MetricType.Histogram ? new long[BucketBounds.Length + 1] : [];
    }

    /// <summary>The counter's sum, the gauge's last value, the histogram's sum.</summary>
    public double Value => Volatile.Read(ref _value);

    public void Record(double value)
    {
        if (!_adds)
        {
            Volatile.Write(ref _value, value);
            return;
        }
        if (_type == MetricType.Histogram)
        {
            int bucket = Array.BinarySearch(BucketBounds, value);
            Interlocked.Increment(ref _buckets[bucket < 0 ? ~bucket : bucket]);
        }
        double seen = Volatile.Read(ref _value);
        while (true)
        {
            double before = Interlocked.CompareExchange(ref _value, seen + value, seen);
            if (before.Equals(seen)) return;
            seen = before;
        }
    }

    /// <summary>Counts at or below each bound, and in all (the last); read once, so that they never contradict one another.</summary>
    public long[] CumulativeBuckets()
    {
        var counts = new long[_buckets.Length];
        long sum = 0;
        for (int i = 0; i < counts.Length; i++) counts[i] = sum += Volatile.Read(ref _buckets[i]);
        return counts;
    }
}
