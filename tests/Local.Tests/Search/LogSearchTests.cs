using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;
using LogPipeline.Parsing;

namespace LogPipeline.Tests.Search;

public sealed class LogSearchTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private const long Noon = 1795176000_000_000_000;

    [Theory]
    [InlineData(SearchOrder.NewestFirst)]
    [InlineData(SearchOrder.OldestFirst)]
    public async Task Pages_hold_every_line_once_and_in_order_though_all_have_one_timestamp(SearchOrder order)
    {
        LogSearch search = store.NewSearch(out string tenant);
        StoredLine[] lines = [.. Enumerable.Range(0, 250).Select(i => new StoredLine { Nanos = Noon + 123_456_789, Tenant = tenant, Body = $"line {i}", Rotation = i / 90, Offset = i % 90 * 10 })];
        await store.StoreAsync(lines);
        var found = new List<string>();
        string? cursor = null;
        do
        {
            LogResults page = Value(await search.SearchAsync(new LogFilter(), order, 30, cursor, CancellationToken.None));
            found.AddRange(page.Records.Select(record => record.Body));
            cursor = page.Next;
        }
        while (cursor is not null);

        IEnumerable<string> expected = Enumerable.Range(0, 250).Select(i => $"line {i}");
        Assert.Equal(order == SearchOrder.OldestFirst ? expected : expected.Reverse(), found);
    }

    [Fact]
    public async Task A_time_range_takes_its_begin_and_leaves_its_end_to_the_nanosecond()
    {
        LogSearch search = store.NewSearch(out string tenant);
        await store.StoreAsync([.. Enumerable.Range(0, 5).Select(i => new StoredLine { Nanos = Noon + i, Tenant = tenant, Body = $"{i}", Offset = i })]);
        Assert.Equal(["3", "2", "1"], await BodiesAsync(search, new LogFilter { FromNanos = Noon + 1, ToNanos = Noon + 4 }));
        Assert.Equal(3, Value(await search.CountAsync(new LogFilter { FromNanos = Noon + 1, ToNanos = Noon + 4 }, CancellationToken.None)).Value);
    }

    [Fact]
    public async Task Filters_and_queries_find_what_they_say()
    {
        LogSearch search = store.NewSearch(out string tenant);
        StoredLine Line(int i, string body) => new() { Nanos = Noon + i, Tenant = tenant, Body = body, Offset = i };
        await store.StoreAsync(
            Line(1, "Connection refused by peer"),
            Line(2, "refused a connection") with { Level = "ERROR", Pod = "cart-2" },
            Line(3, "all is well") with { Level = "WARN", Namespace = "billing", Pod = "bill-1" },
            Line(4, "{\"user\":\"ann\"}") with { Level = null, Fields = "{\"user\":\"ann\",\"http\":{\"status\":503}}" },
            Line(5, "plain text") with { Level = "DEBUG", Namespace = "", Path = "/srv/app.log" });
        foreach ((LogFilter filter, int[] expected) in ((LogFilter, int[])[])
        [
            (new LogFilter { Query = "refused connection" }, [2, 1]),
            (new LogFilter { Query = "\"connection refused\"" }, [1]),
            (new LogFilter { Query = "REFUSED -peer" }, [2]),
            (new LogFilter { Query = "conn* OR well" }, [3, 2, 1]),
            (new LogFilter { Query = "user:ann" }, [4]),
            (new LogFilter { Query = "http.status:503" }, [4]),
            (new LogFilter { Query = "level:>=warn" }, [3, 2]),
            (new LogFilter { Query = "level:none" }, [4]),
            (new LogFilter { Query = "-level:none -level:error" }, [5, 3, 1]),
            (new LogFilter { Query = "pod:cart-*" }, [4, 2, 1]),
            (new LogFilter { Query = "pod:*-2" }, [2]),
            (new LogFilter { Query = "-pod:*" }, [5]),
            (new LogFilter { Query = "file:/srv/app.log" }, [5]),
            (new LogFilter { Query = "log.offset:>3" }, [5, 4]),
            (new LogFilter { Namespaces = ["billing"] }, [3]),
            (new LogFilter { Pods = ["cart-1", "bill-1"] }, [4, 3, 1]),
            (new LogFilter { Levels = ["ERROR", LogLevels.None] }, [4, 2]),
            (new LogFilter { MinimumLevel = Severity.Warn }, [3, 2]),
            (new LogFilter { Tenants = ["another"] }, []),
        ])
        {
            LogResults page = Value(await search.SearchAsync(filter, SearchOrder.NewestFirst, 50, null, CancellationToken.None));
            Assert.True(expected.SequenceEqual(page.Records.Select(record => (int)(record.TimestampNanos - Noon))), $"{filter.Query} {string.Join(',', filter.Levels)}: {string.Join(',', page.Records.Select(record => record.TimestampNanos - Noon))}");
        }
    }

    [Fact]
    public async Task A_histogram_counts_every_line_by_time_and_level()
    {
        LogSearch search = store.NewSearch(out string tenant);
        await store.StoreAsync([.. Enumerable.Range(0, 120).Select(i => new StoredLine
        {
            Nanos = Noon + (i * NanoTime.NanosPerSecond), Tenant = tenant, Body = "x", Offset = i, Level = i % 10 == 0 ? "ERROR" : i % 10 == 1 ? null : "INFO",
        })]);
        foreach (LogFilter filter in (LogFilter[])[new LogFilter(), new LogFilter { FromNanos = Noon - NanoTime.NanosPerSecond, ToNanos = Noon + (200 * NanoTime.NanosPerSecond) }])
        {
            LogHistogram histogram = Value(await search.HistogramAsync(filter, 50, CancellationToken.None));
            Assert.Equal(120, histogram.Total);
            Assert.Equal(12, histogram.Buckets.Sum(bucket => bucket.Counts[4]));
            Assert.Equal(96, histogram.Buckets.Sum(bucket => bucket.Counts[2]));
            Assert.Equal(12, histogram.Buckets.Sum(bucket => bucket.WithoutLevel));
            Assert.All(histogram.Buckets, bucket => Assert.InRange(bucket.FromNanos, histogram.FromNanos, histogram.ToNanos - 1));
            Assert.InRange(histogram.Buckets.Count, 10, 51);
        }
    }

    [Fact]
    public async Task A_facet_counts_as_if_its_own_filter_were_not_there()
    {
        LogSearch search = store.NewSearch(out string tenant);
        await store.StoreAsync([.. Enumerable.Range(0, 30).Select(i => new StoredLine
        {
            Nanos = Noon + i, Tenant = tenant, Body = "x", Offset = i, Namespace = i < 20 ? "shop" : "billing", Pod = i < 10 ? "a" : "b", Level = i % 2 == 0 ? "INFO" : null,
        })]);
        LogFacets facets = Value(await search.FacetsAsync(new LogFilter { Namespaces = ["shop"] }, CancellationToken.None));
        Assert.Equal([new FacetValue("shop", 20), new FacetValue("billing", 10)], facets.Namespaces.Values);
        Assert.Equal([new FacetValue("a", 10), new FacetValue("b", 10)], facets.Pods.Values.OrderBy(value => value.Value));
        Assert.Equal([new FacetValue("INFO", 10), new FacetValue(LogLevels.None, 10)], facets.Levels.Values);
        Assert.Equal([new FacetValue(tenant, 20)], facets.Tenants.Values);
    }

    [Fact]
    public async Task A_document_has_all_its_fields()
    {
        LogSearch search = store.NewSearch(out string tenant);
        var line = new StoredLine { Nanos = Noon + 987_654_321, Tenant = tenant, Body = new string('x', 40_000), Offset = 7, Fields = "{\"id\":9007199254740993}" };
        await store.StoreAsync(line);
        LogRecord listed = Assert.Single(Value(await search.SearchAsync(new LogFilter(), SearchOrder.NewestFirst, 5, null, CancellationToken.None)).Records);
        Assert.Equal((40_000, 16 * 1024), (listed.BodyLength, listed.Body.Length));
        LogDocument document = Value(await search.FindAsync(line.Index, line.Id, CancellationToken.None));
        Assert.Equal(line.Body, document.Record.Body);
        Assert.Contains(new DocumentField("attributes.fields.id", "9007199254740993"), document.Fields);
        Assert.Contains(new DocumentField("@timestamp", "2026-11-20T12:00:00.987654321Z"), document.Fields);
        SearchOutcome<LogDocument> gone = await search.FindAsync(line.Index, "1nothing", CancellationToken.None);
        Assert.Equal(SearchFailureKind.NotFound, gone.Failure!.Kind);
        SearchOutcome<LogDocument> goneIndex = await search.FindAsync($"logs-{tenant}-2001.01.01", line.Id, CancellationToken.None);
        Assert.Equal(SearchFailureKind.NotFound, goneIndex.Failure!.Kind);
    }

    private static async Task<string[]> BodiesAsync(LogSearch search, LogFilter filter) =>
        [.. Value(await search.SearchAsync(filter, SearchOrder.NewestFirst, 100, null, CancellationToken.None)).Records.Select(record => record.Body)];

    private static T Value<T>(SearchOutcome<T> outcome)
        where T : class
    {
        Assert.True(outcome.TryGet(out T? value, out SearchFailure? failure), failure?.Message);
        return value;
    }
}
