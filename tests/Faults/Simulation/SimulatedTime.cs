using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Simulation;

/// <summary>A clock that only the simulation moves; the disk's clock goes with it.</summary>
internal sealed class SimulatedTime(InMemoryFileSystem disk) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 23, 58, 0, TimeSpan.Zero);

    private long _ticks;

    /// <summary>What the wall clock is ahead of (or behind) elapsed time: it can be set back.</summary>
    public TimeSpan WallOffset { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    // Never the same twice, so that what came first can be told.
    public override long GetTimestamp() => ++_ticks;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(_ticks) + WallOffset;

    public void Advance(TimeSpan by)
    {
        _ticks += by.Ticks;
        disk.NowNanos = Math.Max(disk.NowNanos + 1000, (GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);
    }
}
