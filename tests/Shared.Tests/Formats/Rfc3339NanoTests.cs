using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LogPipeline.Formats;

namespace LogPipeline.Tests.Formats;

public sealed partial class Rfc3339NanoTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("2026-11-20T16:40:10.123456789Z", 1_795_192_810_123_456_789)]
    [InlineData("2026-11-20T16:40:10.12345678Z", 1_795_192_810_123_456_780)]
    [InlineData("2026-11-20T16:40:10.1234567Z", 1_795_192_810_123_456_700)]
    [InlineData("2026-11-20T16:40:10.1Z", 1_795_192_810_100_000_000)]
    [InlineData("2026-11-20T16:40:10.000000001Z", 1_795_192_810_000_000_001)]
    [InlineData("2026-11-20T16:40:10Z", 1_795_192_810_000_000_000)]
    [InlineData("2026-11-20T18:40:10.5+02:00", 1_795_192_810_500_000_000)]
    [InlineData("2026-11-20T11:10:10.5-05:30", 1_795_192_810_500_000_000)]
    [InlineData("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000)]
    [InlineData("2000-02-29T00:00:00Z", 951_782_400_000_000_000)]
    [InlineData("1969-12-31T23:59:59.999999999Z", -1)]
    [InlineData("1678-01-01T00:00:00+23:59", -9_214_646_340_000_000_000)]
    public void A_timestamp_reads_as_nanoseconds_since_the_epoch(string text, long expected)
    {
        Assert.True(Parse(text, out long nanos, out int consumed));
        Assert.Equal(expected, nanos);
        Assert.Equal(text.Length, consumed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-20")]
    [InlineData("2026-11-20T16:40:10")]
    [InlineData("2026-11-20T16:40:10.")]
    [InlineData("2026-11-20T16:40:10.Z")]
    [InlineData("2026-11-20T16:40:10.123456789")]
    [InlineData("2026-11-20T16:40:10.1234567890Z")]
    [InlineData("2026-11-20 16:40:10Z")]
    [InlineData("2026-11-20t16:40:10Z")]
    [InlineData("2026-11-20T16:40:10z")]
    [InlineData("2026-11-20T16:40:10,5Z")]
    [InlineData("2026-13-20T16:40:10Z")]
    [InlineData("2026-00-20T16:40:10Z")]
    [InlineData("2026-11-00T16:40:10Z")]
    [InlineData("2026-11-31T16:40:10Z")]
    [InlineData("2026-02-29T16:40:10Z")]
    [InlineData("2100-02-29T16:40:10Z")]
    [InlineData("2026-11-20T24:00:00Z")]
    [InlineData("2026-11-20T16:60:10Z")]
    [InlineData("2026-11-20T16:40:61Z")]
    [InlineData("2026-11-20T16:40:7 Z")]
    [InlineData("2026-11-20T16:40:10+24:00")]
    [InlineData("2026-11-20T16:40:10+02:60")]
    [InlineData("2026-11-20T16:40:10+0200")]
    [InlineData("2026-11-20T16:40:10+02:0")]
    [InlineData("1677-12-31T23:59:59Z")]
    [InlineData("2262-01-01T00:00:00Z")]
    public void What_is_no_timestamp_is_refused(string text) => Assert.False(Parse(text, out _, out _));

    [Fact]
    public void A_leap_second_is_the_last_nanosecond_of_its_minute()
    {
        Assert.True(Parse("2016-12-31T23:59:60.25Z", out long leap, out int consumed));
        Assert.True(Parse("2016-12-31T23:59:59.999999999Z", out long last, out _));
        Assert.Equal(last, leap);
        Assert.Equal(23, consumed);
    }

    [Fact]
    public void Only_the_timestamp_is_consumed()
    {
        Assert.True(Parse("2026-11-20T16:40:10.5Z stdout F 12345", out _, out int consumed));
        Assert.Equal(22, consumed);
    }

    [Fact]
    public void Every_day_of_every_year_is_the_calendars()
    {
        Span<byte> written = stackalloc byte[Rfc3339Nano.WrittenLength];
        for (var day = new DateTime(1678, 1, 1, 12, 34, 56, DateTimeKind.Utc); day.Year <= 2261; day = day.AddDays(1))
        {
            byte[] text = Encoding.ASCII.GetBytes(day.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + ".000000000Z");
            Assert.True(Rfc3339Nano.TryParse(text, out long nanos, out _));
            Assert.Equal((day - DateTime.UnixEpoch).Ticks * 100, nanos);
            Assert.Equal(Rfc3339Nano.WrittenLength, Rfc3339Nano.Write(nanos, written));
            Assert.True(written.SequenceEqual(text));
        }
    }

    [Fact]
    public void What_was_written_reads_back_to_the_nanosecond()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        byte[] text = new byte[Rfc3339Nano.WrittenLength];
        for (int i = 0; i < 20_000; i++)
        {
            long nanos = random.NextInt64(-9_214_560_000_000_000_000, 9_214_646_400_000_000_000);
            Rfc3339Nano.Write(nanos, text);
            Assert.True(Rfc3339Nano.TryParse(text, out long read, out int consumed) && read == nanos && consumed == text.Length, $"seed {seed}: {nanos} became {Encoding.ASCII.GetString(text)}");
        }
    }

    [Theory]
    [InlineData(long.MinValue, "1677-09-21T00:12:43.145224192Z")]
    [InlineData(long.MaxValue, "2262-04-11T23:47:16.854775807Z")]
    public void Every_long_can_be_written(long nanos, string expected)
    {
        byte[] text = new byte[Rfc3339Nano.WrittenLength];
        Rfc3339Nano.Write(nanos, text);
        Assert.Equal(expected, Encoding.ASCII.GetString(text));
    }

    [Fact]
    public void Whatever_byte_is_changed_the_answer_is_the_grammars()
    {
        foreach (string valid in (string[])["2026-11-20T16:40:10.123456789+02:00", "2024-02-29T23:59:59Z", "1678-01-01T00:00:00.5-23:59"])
        {
            byte[] changed = Encoding.ASCII.GetBytes(valid);
            for (int place = 0; place < changed.Length; place++)
            {
                byte original = changed[place];
                for (int value = 0; value < 256; value++)
                {
                    changed[place] = (byte)value;
                    string text = Encoding.Latin1.GetString(changed);
                    (long, int)? actual = Rfc3339Nano.TryParse(changed, out long nanos, out int consumed) ? (nanos, consumed) : null;
                    Assert.True(actual == Model(text), text);
                }

                changed[place] = original;
            }
        }
    }

    /// <summary>The grammar as a regular expression, the calendar as the framework's.</summary>
    private static (long Nanos, int Consumed)? Model(string text)
    {
        Match match = Grammar().Match(text);
        if (!match.Success) return null;
        int Number(int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
        int year = Number(1), month = Number(2), day = Number(3), hour = Number(4), minute = Number(5), second = Number(6);
        bool leap = second == 60;
        if (year is < 1678 or > 2261 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return null;
        if (hour > 23 || minute > 59 || second > 60) return null;

        var utc = new DateTime(year, month, day, hour, minute, leap ? 59 : second, DateTimeKind.Utc);
        if (match.Groups[8].Success)
        {
            if (Number(9) > 23 || Number(10) > 59) return null;
            var offset = new TimeSpan(Number(9), Number(10), 0);
            utc += match.Groups[8].Value == "-" ? offset : -offset;
        }

        long fraction = leap ? 999_999_999 : long.Parse(match.Groups[7].Value.PadRight(9, '0'), CultureInfo.InvariantCulture);
        return (((utc - DateTime.UnixEpoch).Ticks * 100) + fraction, match.Length);
    }

    [GeneratedRegex(@"^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();

    private static bool Parse(string text, out long nanos, out int consumed) =>
        Rfc3339Nano.TryParse(Encoding.Latin1.GetBytes(text), out nanos, out consumed);
}
