namespace LogPipeline.Tests.Indexing;

/// <summary>A clock that moves only when told. Timers fire on the thread that moves it, in the order of their due times.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly VirtualTimers _timers = new();
    private readonly DateTimeOffset _start = new(2026, 11, 20, 16, 40, 0, TimeSpan.Zero);
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Now => TimeSpan.FromTicks(_now);

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _timers.Create(() => callback(state), () => _now, dueTime, period);

    public void After(TimeSpan delay, Action action) => CreateTimer(_ => action(), null, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Moves to the next timer and fires it; false when none is set.</summary>
    public bool Step() => Step(long.MaxValue);

    /// <summary>Fires all timers up to a moment and moves there.</summary>
    public void Advance(TimeSpan by)
    {
        long target = _now + by.Ticks;
        while (Step(target))
        {
            // the next one
        }

        _now = target;
    }

    /// <summary>Fires timers until a condition holds; false when it still does not after so much virtual time.</summary>
    public bool Until(Func<bool> condition, TimeSpan within)
    {
        long end = _now + within.Ticks;
        while (!condition())
        {
            if (_now > end || !Step()) return condition();
        }

        return true;
    }

    private bool Step(long until)
    {
        if (!_timers.TryTake(until, out long due, out Action fire)) return false;
        _now = Math.Max(_now, due);
        fire();
        return true;
    }
}
