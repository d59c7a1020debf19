using System.Text;
using LogPipeline.Tenancy;

namespace LogPipeline.Tests.Tenancy;

public sealed class IndexPatternTests
{
    private const long Day = 86_400_000_000_000;

    [Theory]
    [InlineData("logs-{tenant}-{day}", "logs-shop-2026.11.20")]
    [InlineData("logs-{tenant}-{namespace}-{day}", "logs-shop-cart-2026.11.20")]
    [InlineData("logs-{namespace}", "logs-cart")]
    [InlineData("logs", "logs")]
    public void Placeholders_are_put_in(string pattern, string name)
    {
        var index = Parse(pattern).Resolve("shop", "cart").At(1_795_190_000_123_456_789);

        Assert.Equal(name, index.Text);
        Assert.Equal(name, Encoding.UTF8.GetString(index.Utf8.Span));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Day - 1, 0)]
    [InlineData(Day, 1)]
    [InlineData(-1, -1)]
    [InlineData(-Day, -1)]
    [InlineData(-Day - 1, -2)]
    [InlineData(long.MaxValue, 106_751)]
    [InlineData(long.MinValue, -106_752)]
    public void A_day_is_utc_and_counted_from_the_epoch(long nanos, int day) => Assert.Equal(day, IndexNames.UtcDay(nanos));

    [Fact]
    public void Every_day_of_the_nanosecond_range_has_its_own_name()
    {
        var names = Parse("logs-{day}").Resolve("t", "");
        var start = DateTime.UnixEpoch;
        for (int day = -106_752; day <= 106_751; day += 61)
            Assert.Equal($"logs-{start.AddDays(day):yyyy.MM.dd}", names.For(day).Text);
    }

    [Fact]
    public void Asking_for_recent_days_again_allocates_nothing()
    {
        var names = Parse("logs-{tenant}-{day}").Resolve("shop", "cart");
        for (int day = 0; day < 8; day++) names.For(20_000 + day);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int length = 0;
        for (int i = 0; i < 1_000; i++) length += names.At((20_000 + (i & 7)) * Day).Utf8.Length;

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(length > 0);
    }

    [Fact]
    public void A_namespace_that_is_none_or_unsafe_still_names_an_index_of_its_own()
    {
        var pattern = Parse("logs-{namespace}");

        Assert.Equal("logs-no_namespace", pattern.Resolve("t", "").For(0).Text);
        Assert.Matches("^logs-my-ns_[0-9a-f]{16}$", pattern.Resolve("t", "My.NS").For(0).Text);
        Assert.NotEqual(pattern.Resolve("t", "my.ns").For(0).Text, pattern.Resolve("t", "My.NS").For(0).Text);
    }

    [Fact]
    public void The_wildcard_matches_every_index_of_the_pattern() => Assert.Equal("logs-*-*", Parse("logs-{tenant}-{day}").Wildcard);

    [Theory]
    [InlineData("", "names no index")]
    [InlineData("{tenant}", "does not begin with text of its own")]
    [InlineData("-logs", "begins with '-'")]
    [InlineData("_logs", "begins with '_'")]
    [InlineData("+logs", "begins with '+'")]
    [InlineData(".logs", "begins with '.'")]
    [InlineData("deadletter-x", "names the indices of dead letters")]
    [InlineData("logs-{now}", "has {now}; placeholders are")]
    [InlineData("logs-{", "has {; placeholders are")]
    [InlineData("logs-}", "has '}'")]
    [InlineData("Logs", "upper case 'L'")]
    [InlineData("lo gs", "has ' '")]
    [InlineData("lo:gs", "has ':'")]
    [InlineData("lo*gs", "has '*'")]
    [InlineData("lo#gs", "has '#'")]
    [InlineData("lögs", "has 'ö'")]
    [InlineData("logs-{tenant}-{tenant}-{tenant}-{tenant}-{day}", "275 bytes, which is above 244")]
    public void What_a_server_or_the_ledger_would_refuse_is_refused(string pattern, string problem)
    {
        Assert.False(IndexPattern.TryParse(pattern, out _, out string? found));
        Assert.Contains(problem, found);
    }

    private static IndexPattern Parse(string text) => IndexPattern.TryParse(text, out var pattern, out string? problem) ? pattern : throw new ArgumentException(problem);
}
