using LogPipeline.Local.Search.Queries;

namespace LogPipeline.Tests.Search.Queries;

public sealed class NanoTimeTests
{
    [Theory]
    [InlineData("2026-11-20T16:40:10.123456789Z", 1795192810123456789)]
    [InlineData("2026-11-20T16:40:10.1Z", 1795192810100000000)]
    [InlineData("2026-11-20T16:40:10Z", 1795192810000000000)]
    [InlineData("2026-11-20T17:40:10.5+01:00", 1795192810500000000)]
    [InlineData("1970-01-01T00:00:00.000000001Z", 1)]
    public void Nanoseconds_survive(string text, long nanos)
    {
        Assert.True(NanoTime.TryParse(text, out long parsed));
        Assert.Equal(nanos, parsed);
        Assert.True(NanoTime.TryParse(NanoTime.Format(nanos), out long again));
        Assert.Equal(nanos, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-11-20")]
    [InlineData("2026-11-20T16:40:10.Z")]
    [InlineData("2026-11-20T16:40:10.1234567890Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2262-04-12T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void What_64_bits_of_nanoseconds_cannot_hold_is_no_time(string text) => Assert.False(NanoTime.TryParse(text, out _));
}
