namespace LogPipeline.Tests.Indexing;

/// <summary>A clock that moves only when told. Timers fire on the thread that moves it, in the order of their due times.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly PriorityQueue<(VirtualTimer Timer, long Generation), (long Due, long Order)> _timers = new();
    private readonly DateTimeOffset _start = new(2026, 11, 20, 16, 40, 0, TimeSpan.Zero);
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Now => TimeSpan.FromTicks(_now);

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => _start.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public void After(TimeSpan delay, Action action) => CreateTimer(_ => action(), null, delay, Timeout.InfiniteTimeSpan);

    /// <summary>Moves to the next timer and fires it; false when none is set.</summary>
    public bool Step()
    {
        while (_timers.TryDequeue(out var next, out var at))
        {
            if (next.Timer.Generation != next.Generation) continue;
            _now = Math.Max(_now, at.Due);
            next.Timer.Fire();
            return true;
        }

        return false;
    }

    /// <summary>Fires all timers up to a moment and moves there.</summary>
    public void Advance(TimeSpan by)
    {
        long target = _now + by.Ticks;
        while (_timers.TryPeek(out var next, out var at) && at.Due <= target)
        {
            if (next.Timer.Generation != next.Generation) _timers.Dequeue();
            else Step();
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

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long Generation { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Generation++;
            _period = period;
            if (dueTime >= TimeSpan.Zero) time._timers.Enqueue((this, Generation), (time._now + dueTime.Ticks, time._order++));
            return true;
        }

        public void Fire()
        {
            Generation++;
            if (_period > TimeSpan.Zero) time._timers.Enqueue((this, Generation), (time._now + _period.Ticks, time._order++));
            callback(state);
        }

        public void Dispose() => Generation++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
