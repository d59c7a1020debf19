using LogPipeline.Observability;

namespace LogPipeline.Tests.Backlogs;

public sealed class StreamBacklogsTests
{
    private const long MiB = 1 << 20;

    private readonly SteppedTime _time = new();
    private readonly StreamBacklogs _backlogs;

    public StreamBacklogsTests() => _backlogs = new StreamBacklogs(50 * MiB, _time);

    [Fact]
    public void Nothing_is_near_where_nothing_waits_or_nothing_is_written()
    {
        Assert.Equal(StreamBacklogs.Far, _backlogs.SecondsUntilLoss());
        Grow("a", 1, 0, 10 * MiB, backlog: 0);
        Assert.Equal(StreamBacklogs.Far, _backlogs.SecondsUntilLoss());
        Grow("b", 1, 5 * MiB, 5 * MiB, backlog: 5 * MiB);
        Assert.Equal(StreamBacklogs.Far, _backlogs.SecondsUntilLoss());
    }

    [Fact]
    public void The_room_that_rotation_leaves_over_the_rate_is_what_is_left_and_the_nearest_stream_counts()
    {
        Grow("slow", 1, 0, 1 * MiB, backlog: 10 * MiB); // 1 MiB/s, 40 MiB of room
        Assert.Equal(40, _backlogs.SecondsUntilLoss(), 3);
        Grow("fast", 1, 0, 10 * MiB, backlog: 30 * MiB); // 10 MiB/s, 20 MiB of room
        Assert.Equal(2, _backlogs.SecondsUntilLoss(), 3);
        _backlogs.Forget("fast");
        Assert.Equal(40, _backlogs.SecondsUntilLoss(), 3);
        _backlogs.Observe(new StreamHead("slow", "t", 1, 1 * MiB, 60 * MiB)); // behind what rotation leaves
        Assert.Equal(0, _backlogs.SecondsUntilLoss());
    }

    [Fact]
    public void A_rotation_is_no_shrinking_and_keeps_the_rate()
    {
        Grow("a", 1, 0, 2 * MiB, backlog: 10 * MiB);
        _time.Advance(TimeSpan.FromSeconds(5));
        _backlogs.Observe(new StreamHead("a", "t", 2, 0, 10 * MiB));
        Assert.Equal(20, _backlogs.SecondsUntilLoss(), 3);
    }

    [Fact]
    public void Backlogs_add_up_by_tenant_and_streams_that_are_no_more_are_forgotten()
    {
        _backlogs.ObserveAll([new("a", "shop", 1, 9, 3), new("b", "shop", 1, 9, 4), new("c", "bank", 1, 9, 5)]);
        Assert.Equal(12, _backlogs.Bytes);
        Assert.Equal((7L, 5L), (_backlogs.ByTenant()["shop"], _backlogs.ByTenant()["bank"]));
        _backlogs.ObserveAll([new("b", "shop", 1, 9, 1)]);
        Assert.Equal((1L, 1), (_backlogs.Bytes, _backlogs.ByTenant().Count));
    }

    [Fact]
    public void What_nobody_can_store_yet_is_backlog_of_the_node_and_of_no_tenant()
    {
        _backlogs.ObserveAll([new("a", "", 1, 9, 3), new("b", "", 1, 9, 0), new("c", "bank", 1, 9, 5)]);
        Assert.Equal((8L, 1), (_backlogs.Bytes, _backlogs.UndecidedStreams));
        Assert.Equal(["bank"], _backlogs.ByTenant().Keys);
    }

    private void Grow(string stream, long file, long from, long to, long backlog)
    {
        _backlogs.Observe(new StreamHead(stream, "t", file, from, backlog));
        _time.Advance(TimeSpan.FromSeconds(1));
        _backlogs.Observe(new StreamHead(stream, "t", file, to, backlog));
    }

    private sealed class SteppedTime : TimeProvider
    {
        private TimeSpan _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan by) => _now += by;
    }
}
