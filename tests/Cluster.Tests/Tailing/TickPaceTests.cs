using LogPipeline.Node.Tailing;

namespace LogPipeline.Tests.Tailing;

public sealed class TickPaceTests
{
    [Theory]
    [InlineData(1, 50)]
    [InlineData(500, 50)]
    [InlineData(2_000, 200)]
    [InlineData(10_000, 1600)]
    [InlineData(100_000, 1600)]
    public void The_more_streams_have_something_to_do_the_more_seldom_each_looks_at_its_clock(int streams, int milliseconds)
    {
        var pace = new TickPace();
        for (int stream = 0; stream < streams; stream++) pace.Begin();
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), pace.Interval);
        for (int stream = 0; stream < streams; stream++) pace.End();
        Assert.Equal(TimeSpan.FromMilliseconds(50), pace.Interval);
    }
}
