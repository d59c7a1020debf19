namespace LogPipeline.Local.Search.Results;

/// <summary>How many records match, over time. Buckets without records are left out.</summary>
public sealed record LogHistogram
{
    /// <summary>Start of the first bucket that could be there, in nanoseconds since the Unix epoch.</summary>
    public required long FromNanos { get; init; }

    /// <summary>End of the last one.</summary>
    public required long ToNanos { get; init; }

    /// <summary>Width of a bucket.</summary>
    public required long IntervalNanos { get; init; }

    public required IReadOnlyList<HistogramBucket> Buckets { get; init; }

    public required long Total { get; init; }

    /// <summary>See <see cref="LogResults.Incomplete"/>.</summary>
    public string? Incomplete { get; init; }
}
