namespace LogPipeline.Tests.Indexing;

/// <summary>The timers of a clock that moves only when told, in the order of their due times.</summary>
internal sealed class VirtualTimers
{
    private readonly PriorityQueue<(VirtualTimer Timer, long Generation), (long Due, long Order)> _timers = new();
    private long _order;

    /// <param name="fire">What it does.</param>
    /// <param name="now">The clock, in ticks.</param>
    /// <param name="dueTime">From now on.</param>
    /// <param name="period">From then on; <see cref="Timeout.InfiniteTimeSpan"/>: once.</param>
    public ITimer Create(Action fire, Func<long> now, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, fire, now);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Takes the next one that is due by then; false when there is none.</summary>
    public bool TryTake(long until, out long due, out Action fire)
    {
        (due, fire) = (0, static () => { });
        while (_timers.TryPeek(out var next, out var at) && at.Due <= until)
        {
            _timers.Dequeue();
            if (next.Timer.Generation != next.Generation) continue;
            (due, fire) = (at.Due, next.Timer.Fire);
            return true;
        }

        return false;
    }

    private sealed class VirtualTimer(VirtualTimers timers, Action fire, Func<long> now) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long Generation { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Generation++;
            _period = period;
            if (dueTime >= TimeSpan.Zero) timers._timers.Enqueue((this, Generation), (now() + dueTime.Ticks, timers._order++));
            return true;
        }

        public void Fire()
        {
            Generation++;
            if (_period > TimeSpan.Zero) timers._timers.Enqueue((this, Generation), (now() + _period.Ticks, timers._order++));
            fire();
        }

        public void Dispose() => Generation++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
