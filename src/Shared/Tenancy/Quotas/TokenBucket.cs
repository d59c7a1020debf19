namespace LogPipeline.Tenancy.Quotas;

/// <summary>
/// An allowance of bytes that refills with time. Whoever finds something left may take any amount; what was taken beyond what was there is waited for before the next
/// time. So the rate holds in the long run whatever the sizes. Gets the time as values. Not thread-safe.
/// </summary>
/// <param name="rate">Bytes a second to begin with.</param>
/// <param name="now">The time, in any clock that never goes back.</param>
internal sealed class TokenBucket(double rate, TimeSpan now)
{
    /// <summary>What may be saved up: the allowance of so many seconds.</summary>
    public const double BurstSeconds = 2;

    private double _bytes = rate * BurstSeconds;
    private TimeSpan _filledAt = now;

    public double Rate { get; private set; } = rate;

    /// <summary>Something is left.</summary>
    public bool HasLeft(TimeSpan now)
    {
        Fill(now);
        return _bytes > 0;
    }

    public void Take(long bytes) => _bytes -= bytes;

    /// <summary>Refills at another rate from now on.</summary>
    public void Change(double newRate, TimeSpan now)
    {
        Fill(now);
        Rate = newRate;
        _bytes = Math.Min(_bytes, newRate * BurstSeconds);
    }

    private void Fill(TimeSpan now)
    {
        if (now <= _filledAt) return;
        _bytes = Math.Min(_bytes + ((now - _filledAt).TotalSeconds * Rate), Rate * BurstSeconds);
        _filledAt = now;
    }
}
