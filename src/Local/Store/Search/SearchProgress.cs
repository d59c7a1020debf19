namespace LogPipeline.Local.Store.Search;

/// <summary>What the workers of one search share. Thread-safe.</summary>
internal sealed class SearchProgress(int trackedHits)
{
    private long _total;
    private int _next = -1, _damaged;

    /// <summary>Matching documents counted so far.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Blocks that could not be read.</summary>
    public int Damaged => _damaged;

    /// <summary>More hits are still to be counted.</summary>
    public bool Counts => trackedHits > 0 && Total <= trackedHits;

    /// <summary>Position of the next block to look at.</summary>
    public int Next() => Interlocked.Increment(ref _next);

    public void Add(int hits) => Interlocked.Add(ref _total, hits);

    public void AddDamaged() => Interlocked.Increment(ref _damaged);
}
