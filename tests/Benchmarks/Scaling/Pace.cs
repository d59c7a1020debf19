namespace LogPipeline.Benchmarks.Scaling;

/// <summary>What the store does for one aggregator: one request after the other, each for as long as its documents take at the rate. Safe from any thread.</summary>
/// <param name="documentsPerSecond">The rate.</param>
internal sealed class Pace(double documentsPerSecond)
{
    private readonly Lock _gate = new();
    private TimeSpan _free;
    private long _documents;

    /// <summary>Documents that were stored.</summary>
    public long Documents => Interlocked.Read(ref _documents);

    /// <summary>How long a request with so many documents that comes now waits until it is done.</summary>
    public TimeSpan Take(int documents, TimeSpan now)
    {
        lock (_gate)
        {
            _free = (_free > now ? _free : now) + TimeSpan.FromSeconds(documents / documentsPerSecond);
            return _free - now;
        }
    }

    public void Stored(int documents) => Interlocked.Add(ref _documents, documents);
}
