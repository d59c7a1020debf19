namespace LogPipeline.Node.Tailing;

/// <summary>
/// How often streams that have something to do look at their clocks: often while there are few of them, and so seldom when there are many that all of them together do it
/// at most 10,000 times a second, up to 16,000 of them. Safe from any thread.
/// </summary>
public sealed class TickPace
{
    private const int StreamsAtShortest = 500, MaxDoublings = 5;

    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(50);

    private int _active;

    /// <summary>From 50 ms to 1.6 s.</summary>
    public TimeSpan Interval
    {
        get
        {
            int doublings = 0;
            for (int active = Volatile.Read(ref _active); active > StreamsAtShortest && doublings < MaxDoublings; active /= 2) doublings++;
            return s_shortest * (1 << doublings);
        }
    }

    /// <summary>A stream has something to do from now on.</summary>
    public void Begin() => Interlocked.Increment(ref _active);

    /// <summary>It has nothing to do any more.</summary>
    public void End() => Interlocked.Decrement(ref _active);
}
