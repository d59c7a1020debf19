using LogPipeline.Tests.Indexing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Simulation;

/// <summary>A clock that only the simulation moves; the disk's clock goes with it.</summary>
internal sealed class SimulatedTime(InMemoryFileSystem disk) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 23, 58, 0, TimeSpan.Zero);

    private VirtualTimers _timers = new();
    private long _ticks;

    /// <summary>What the wall clock is ahead of (or behind) elapsed time: it can be set back.</summary>
    public TimeSpan WallOffset { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    // Never the same twice, so that what came first can be told.
    public override long GetTimestamp() => ++_ticks;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_ticks) + WallOffset;

    /// <summary>Fires on the thread that moves the clock.</summary>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _timers.Create(() => callback(state), () => _ticks, dueTime, period);

    /// <summary>The process is gone.</summary>
    public void ForgetTimers() => _timers = new VirtualTimers();

    public void Advance(TimeSpan by)
    {
        long target = _ticks + by.Ticks;
        while (_timers.TryTake(target, out long due, out Action fire))
        {
            _ticks = Math.Max(_ticks, due);
            fire();
        }
        _ticks = Math.Max(_ticks, target);
        disk.NowNanos = Math.Max(disk.NowNanos + 1000, (GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);
    }
}
