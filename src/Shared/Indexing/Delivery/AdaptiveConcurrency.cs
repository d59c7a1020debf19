namespace LogPipeline.Indexing.Delivery;

/// <summary>
/// How many requests one endpoint bears at once: additive increase while answers come about as fast as the best seen, multiplicative
/// decrease when it refuses, times out, or slows down (queueing). Decides only; gets times as values. Not thread-safe.
/// </summary>
public sealed class AdaptiveConcurrency
{
    /// <summary>An answer slower than the best by this factor and <see cref="GraceSeconds"/> means that requests wait in the server.</summary>
    private const double SlowFactor = 3;

    /// <summary>Below this difference slowness is noise (a refresh, a merge, a garbage collection).</summary>
    private const double GraceSeconds = 0.05;

    /// <summary>How far the best moves towards a slower answer, so that a server that became slower for good is not chased down to 1.</summary>
    private const double BestDrift = 0.02;

    private readonly int _max;
    private readonly double[] _bestSeconds = new double[32];
    private double _limit;
    private TimeSpan _lastDecrease = TimeSpan.MinValue;

    /// <param name="max">The limit never passes this; at least 1.</param>
    public AdaptiveConcurrency(int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        _max = max;
        _limit = Math.Min(2, max);
        Array.Fill(_bestSeconds, double.PositiveInfinity);
    }

    /// <summary>Requests at once now: 1 to the maximum.</summary>
    public int Limit => (int)_limit;

    /// <summary>A request was answered and nothing was refused for load.</summary>
    /// <param name="bytes">Bytes of the request: answers are compared with those of requests of about the same size (same power of two).</param>
    /// <param name="elapsed">From the first byte sent to the whole answer.</param>
    /// <param name="limitReached">As many requests were under way as were allowed; without that more would prove nothing.</param>
    /// <param name="now">Any monotonic clock.</param>
    public void OnAnswered(long bytes, TimeSpan elapsed, bool limitReached, TimeSpan now)
    {
        double seconds = elapsed.TotalSeconds;
        ref double best = ref _bestSeconds[Math.Min(System.Numerics.BitOperations.Log2((ulong)Math.Max(bytes, 1)), _bestSeconds.Length - 1)];
        bool slow = seconds > best * SlowFactor && seconds > best + GraceSeconds;
        best = seconds <= best ? seconds : best + ((seconds - best) * BestDrift);
        if (slow) Decrease(0.85, elapsed, now);
        else if (limitReached) _limit = Math.Min(_max, _limit + (1 / _limit));
    }

    /// <summary>The server refused for load (429, 503) or did not answer in time.</summary>
    public void OnOverloaded(TimeSpan elapsed, TimeSpan now) => Decrease(0.5, elapsed, now);

    private void Decrease(double factor, TimeSpan elapsed, TimeSpan now)
    {
        // Requests that were under way at the last decrease tell of the time before it: one decrease a round trip.
        if (now - elapsed < _lastDecrease) return;
        _lastDecrease = now;
        _limit = Math.Max(1, _limit * factor);
    }
}
