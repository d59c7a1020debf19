using LogPipeline.Configuration;
using LogPipeline.Configuration.Values;

namespace LogPipeline.Tests.Configuration.Values;

public sealed class ValueTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("17", 17)]
    [InlineData("1B", 1)]
    [InlineData("1 KiB", 1024)]
    [InlineData("1.5MiB", 3 << 19)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("1TiB", 1L << 40)]
    [InlineData("1KB", 1_000)]
    [InlineData("0.5MB", 500_000)]
    [InlineData("3GB", 3_000_000_000)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("B")]
    [InlineData("1.1B")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("1Mi")]
    [InlineData("1kb")]
    [InlineData("8388608TiB")]
    public void Other_texts_are_no_sizes(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("200ms", 200)]
    [InlineData("1.5s", 1_500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("14d", 1_209_600_000)]
    public void Durations_are_read(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var read));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1S")]
    [InlineData("1us")]
    [InlineData("1s2")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999d")]
    public void Other_texts_are_no_durations(string text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void What_is_written_is_read_back()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int i = 0; i < 10_000; i++)
        {
            long bytes = random.NextInt64(0, 1L << 50) >> random.Next(0, 50) << random.Next(0, 12);
            Assert.True(ByteSize.TryParse(ByteSize.Format(bytes), out long size) && size == bytes, $"seed {seed}: {bytes}");
            var span = TimeSpan.FromMilliseconds(random.NextInt64(0, 1L << 40) >> random.Next(0, 40));
            Assert.True(Duration.TryParse(Duration.Format(span), out var duration) && duration == span, $"seed {seed}: {span}");
        }
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1 KiB")]
    [InlineData(1_500_000, "1.4 MiB")]
    [InlineData(327_155_712, "312 MiB")]
    public void Amounts_are_rounded_for_reading(long bytes, string text) => Assert.Equal(text, ByteSize.Approximate(bytes));

    [Theory]
    [InlineData("max_bodi", "max_body")]
    [InlineData("maxbody", "max_body")]
    [InlineData("MAX_BODY", "max_body")]
    [InlineData("ivndex", "index")]
    [InlineData("idnex", "index")]
    [InlineData("workers", null)]
    public void The_nearest_name_is_found_if_it_is_near(string word, string? expected) =>
        Assert.Equal(expected, NearestName.Find(word, ["index", "max_body", "max_backoff"]));

    [Theory]
    [InlineData("127.0.0.1:5080", "127.0.0.1:5080")]
    [InlineData("localhost:1", "127.0.0.1:1")]
    [InlineData("[::1]:0", "[::1]:0")]
    [InlineData("0.0.0.0:65535", "0.0.0.0:65535")]
    [InlineData("0.0.0.0:65536", null)]
    [InlineData("::1:80", null)]
    [InlineData(":80", null)]
    [InlineData("127.1:80", null)]
    [InlineData("[127.0.0.1]:80", null)]
    [InlineData("localhost", null)]
    public void Addresses_are_read(string text, string? expected) =>
        Assert.Equal(expected, ListenAddress.TryParse(text, out var address) ? address.ToString() : null);
}
