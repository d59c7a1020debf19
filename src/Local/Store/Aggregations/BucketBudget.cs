namespace LogPipeline.Local.Store.Aggregations;

/// <summary>Bounds the buckets of one request, and so its memory. Thread-safe.</summary>
internal sealed class BucketBudget
{
    /// <summary>OpenSearch's <c>search.max_buckets</c>, of one answer.</summary>
    public const int MaxBuckets = 65_535;

    /// <summary>Buckets that may be collected, on all threads, before the best are chosen.</summary>
    private const int MaxCollected = 500_000;

    private int _collected;

    /// <summary>Throws <see cref="OpenSearchException"/> when there are too many.</summary>
    public void Take()
    {
        if (Interlocked.Increment(ref _collected) > MaxCollected) throw TooMany(_collected);
    }

    /// <summary>Throws <see cref="OpenSearchException"/> when an answer would have so many.</summary>
    public static void Check(long buckets)
    {
        if (buckets > MaxBuckets) throw TooMany(buckets);
    }

    private static OpenSearchException TooMany(long buckets) => new(new OpenSearchError(
        503, "too_many_buckets_exception", $"Trying to create too many buckets. Must be less than or equal to: [{MaxBuckets}] but was [{buckets}]."));
}
