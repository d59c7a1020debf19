using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Tests.Search;

public sealed class LogTailTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private const long Now = 1795176000_000_000_000;

    [Fact]
    public async Task A_tail_begins_with_the_last_lines_and_goes_on_with_the_new_ones()
    {
        LogSearch search = store.NewSearch(out string tenant);
        StoredLine Line(int i) => new() { Nanos = Now - (1000 - i) * NanoTime.NanosPerMillisecond, Tenant = tenant, Body = $"{i}", Offset = i };
        await store.StoreAsync([.. Enumerable.Range(0, 300).Select(Line)]);
        var tail = new LogTail(search, new LogFilter { FromNanos = 1, ToNanos = 2 }, new FixedTime());
        Assert.Equal(Enumerable.Range(200, 100).Select(i => $"{i}"), await PollAsync(tail));
        Assert.Empty(await PollAsync(tail));
        await store.StoreAsync(Line(300), Line(301));
        Assert.Equal(["300", "301"], await PollAsync(tail));
        Assert.Empty(await PollAsync(tail));
    }

    [Fact]
    public async Task A_tail_of_nothing_waits_for_the_first_line()
    {
        LogSearch search = store.NewSearch(out string tenant);
        var tail = new LogTail(search, new LogFilter(), new FixedTime());
        Assert.Empty(await PollAsync(tail));
        await store.StoreAsync(new StoredLine { Nanos = Now, Tenant = tenant, Body = "first", Offset = 0 });
        Assert.Equal(["first"], await PollAsync(tail));
        Assert.Empty(await PollAsync(tail));
    }

    [Fact]
    public async Task Lines_that_arrive_out_of_order_are_shown_once_each()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        LogSearch search = store.NewSearch(out string tenant);
        StoredLine[] lines = [.. Enumerable.Range(0, 1500).Select(i => new StoredLine { Nanos = Now - random.NextInt64(50 * NanoTime.NanosPerSecond), Tenant = tenant, Body = $"{i}", Offset = i })];
        var tail = new LogTail(search, new LogFilter(), new FixedTime());
        var shown = new List<string>();
        for (int at = 0; at < lines.Length;)
        {
            int count = Math.Min(random.Next(1, 120), lines.Length - at);
            shown.AddRange(await PollAsync(tail));
            await store.StoreAsync(lines[at..(at + count)]);
            at += count;
        }

        shown.AddRange(await PollAsync(tail));
        Assert.True(shown.Count == shown.Distinct().Count(), $"seed {seed}: shown twice");
        Assert.True(lines.Length == shown.Count, $"seed {seed}: {shown.Count} of {lines.Length} shown");
    }

    [Fact]
    public async Task What_comes_too_fast_to_show_is_counted()
    {
        LogSearch search = store.NewSearch(out string tenant);
        StoredLine Line(int i) => new() { Nanos = Now + i, Tenant = tenant, Body = $"{i}", Offset = i };
        var tail = new LogTail(search, new LogFilter(), new FixedTime());
        await store.StoreAsync(Line(0));
        Assert.Equal(["0"], await PollAsync(tail));
        await store.StoreAsync([.. Enumerable.Range(1, 2600).Select(Line)]);
        TailBatch batch = (await tail.PollAsync(CancellationToken.None)).Value!;
        Assert.Equal((2000, 600L), (batch.Records.Count, batch.Skipped));
        Assert.Equal("2600", batch.Records[^1].Body);
        await store.StoreAsync(Line(2601));
        batch = (await tail.PollAsync(CancellationToken.None)).Value!;
        Assert.Equal((1, 0L), (batch.Records.Count, batch.Skipped));
    }

    [Fact]
    public async Task A_line_from_the_future_does_not_hide_the_present()
    {
        LogSearch search = store.NewSearch(out string tenant);
        var tail = new LogTail(search, new LogFilter(), new FixedTime());
        Assert.Empty(await PollAsync(tail));
        await store.StoreAsync(new StoredLine { Nanos = Now + (3600 * NanoTime.NanosPerSecond), Tenant = tenant, Body = "from the future", Offset = 1 });
        Assert.Equal(["from the future"], await PollAsync(tail));
        await store.StoreAsync(new StoredLine { Nanos = Now, Tenant = tenant, Body = "present", Offset = 0 });
        Assert.Equal(["present"], await PollAsync(tail));
    }

    private static async Task<string[]> PollAsync(LogTail tail)
    {
        SearchOutcome<TailBatch> outcome = await tail.PollAsync(CancellationToken.None);
        Assert.True(outcome.TryGet(out TailBatch? batch, out SearchFailure? failure), failure?.Message);
        Assert.Equal(0, batch.Skipped);
        Assert.Equal(batch.Records.Select(record => record.TimestampNanos).Order(), batch.Records.Select(record => record.TimestampNanos));
        return [.. batch.Records.Select(record => record.Body)];
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Now / 100);
    }
}
