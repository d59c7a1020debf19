using LogPipeline.Sources.Layouts;

namespace LogPipeline.Tests.Sources.Layouts;

public sealed class RotatedNameTests
{
    [Theory]
    [InlineData("0.log.20261120-155410", "0.log", 20261120, 155410, false)]
    [InlineData("0.log.20261120-155410.gz", "0.log", 20261120, 155410, true)]
    [InlineData("x.log.1", "x.log", 0, 1, false)]
    [InlineData("x.log.12.gz", "x.log", 0, 12, true)]
    [InlineData("syslog.1", "syslog", 0, 1, false)]
    [InlineData("x.log-20261120", "x.log", 20261120, 0, false)]
    [InlineData("x.log-20261120.gz", "x.log", 20261120, 0, true)]
    [InlineData("x-20261120.log", "x.log", 20261120, 0, false)]
    [InlineData("x-20261120.log.gz", "x.log", 20261120, 0, true)]
    [InlineData("x.log-2026112016", "x.log", 20261120, 16, false)]
    [InlineData("x.log-20261120-1795190020", "x.log", 20261120, 1795190020, false)]
    [InlineData("x.log.2026-11-20", "x.log", 20261120, 0, false)]
    [InlineData("x.log.2026-11-20.3", "x.log", 20261120, 3, false)]
    [InlineData("x.2026-11-20.3.log.gz", "x.log", 20261120, 3, true)]
    [InlineData("x.log.2026-11-20_16-40", "x.log", 20261120, 1640, false)]
    [InlineData("audit-2026-11-20T16-40-10.123.log", "audit.log", 20261120, 164010123, false)]
    [InlineData("access_log.2026-11-20.txt", "access_log.txt", 20261120, 0, false)]
    [InlineData("a-b-c_20261120.log", "a-b-c.log", 20261120, 0, false)]
    public void A_rotated_name_tells_its_live_file_and_its_age(string name, string live, int date, ulong number, bool compressed)
    {
        Assert.True(RotatedName.TryParse(name, out string? parsed, out Rotation rotation));
        Assert.Equal(live, parsed);
        Assert.Equal(new Rotation(date, number, compressed), rotation);
    }

    [Theory]
    [InlineData("x.log")]
    [InlineData("x.log.gz")]
    [InlineData("0.log.20261120-155410.tmp")]
    [InlineData("x.log.20261399")]
    [InlineData("x.log.123456")]
    [InlineData("x.log.1a")]
    [InlineData("x-12.log")]
    [InlineData("20261120.log")]
    [InlineData(".1")]
    [InlineData("x.log.2.xz")]
    [InlineData("")]
    [InlineData(".gz")]
    public void Other_names_are_nobodys_rotation(string name) => Assert.False(RotatedName.TryParse(name, out _, out _));

    [Fact]
    public void Earlier_stamps_and_higher_numbers_are_older()
    {
        Assert.True(Parse("x.log.2").CompareAge(Parse("x.log.1")) < 0);
        Assert.True(Parse("x.log.10").CompareAge(Parse("x.log.9")) < 0);
        Assert.True(Parse("0.log.20261120-155410").CompareAge(Parse("0.log.20261120-155420.gz")) < 0);
        Assert.True(Parse("x.log-20261120").CompareAge(Parse("x-20261121.log")) < 0);
        Assert.Equal(0, Parse("x.log.1").CompareAge(Parse("x.log-20261120")));
    }

    private static Rotation Parse(string name) => RotatedName.TryParse(name, out _, out Rotation rotation) ? rotation : throw new InvalidOperationException(name);
}
