using System.Globalization;
using System.Text.Json;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;
using LogPipeline.Parsing;

namespace LogPipeline.Local.Search;

public sealed partial class LogSearch
{
    private const string OverTime = "over_time";
    private const string Levels = "levels";
    private const int LevelBuckets = 20;

    private static readonly long[] Intervals =
        [.. new long[] { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000, 2_592_000_000, 31_536_000_000 }.Select(ms => ms * NanoTime.NanosPerMillisecond)];

    /// <summary>
    /// Records over time by level. Where the filter has no bounds, the oldest and the newest record that match are. At most about
    /// <paramref name="buckets"/> (10 to 500) buckets.
    /// </summary>
    public async Task<SearchOutcome<LogHistogram>> HistogramAsync(LogFilter filter, int buckets, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(buckets, 500);
        if (!TryParseQuery(filter, out QueryNode query, out SearchFailure? fault))
        {
            return fault!;
        }

        SearchOutcome<LogFilter> bounded = await WithBoundsAsync(filter, cancellation);
        if (!bounded.TryGet(out LogFilter? range, out SearchFailure? failure))
        {
            return failure;
        }

        (long from, long to) = (range.FromNanos ?? 0, range.ToNanos ?? 0);
        long interval = Array.Find(Intervals, candidate => (to - from) / candidate < buckets);
        interval = interval == 0 ? Intervals[^1] : interval;
        ReadOnlyMemory<byte> body = SearchBody.Create(timeout, 0, json =>
        {
            json.WriteBoolean("track_total_hits", true);
            json.WritePropertyName("query");
            QueryDsl.Write(json, range, query);
            json.WriteStartObject("aggs");
            json.WriteStartObject(OverTime);
            json.WriteStartObject("date_histogram");
            json.WriteString("field", LogFields.Timestamp);
            json.WriteString("fixed_interval", string.Create(CultureInfo.InvariantCulture, $"{interval / NanoTime.NanosPerMillisecond}ms"));
            json.WriteNumber("min_doc_count", 1);
            json.WriteEndObject();
            json.WriteStartObject("aggs");
            SearchBody.WriteTermsAggregation(json, Levels, LogFields.SeverityText, LevelBuckets);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });
        SearchOutcome<StoreAnswer> outcome = await AskAsync(body, cancellation);
        if (!outcome.TryGet(out StoreAnswer? answer, out failure))
        {
            return failure;
        }

        using (answer)
        {
            long first = from - (from % interval);
            return new LogHistogram
            {
                FromNanos = first,
                ToNanos = Math.Max(to, first),
                IntervalNanos = interval,
                Buckets = ReadBuckets(answer),
                Total = TotalOf(answer),
                Incomplete = MissingPart(answer),
            };
        }
    }

    /// <summary>The values to narrow to, most frequent first.</summary>
    public async Task<SearchOutcome<LogFacets>> FacetsAsync(LogFilter filter, CancellationToken cancellation)
    {
        if (!TryParseQuery(filter, out QueryNode query, out SearchFailure? fault))
        {
            return fault!;
        }

        (string Field, int Size, bool Filtered, LogFilter Without)[] all =
        [
            (LogFields.Tenant, 50, filter.Tenants.Count > 0, filter with { Tenants = [] }),
            (LogFields.Namespace, 100, filter.Namespaces.Count > 0, filter with { Namespaces = [] }),
            (LogFields.Pod, 100, filter.Pods.Count > 0, filter with { Pods = [] }),
            (LogFields.Container, 50, filter.Containers.Count > 0, filter with { Containers = [] }),
            (LogFields.SeverityText, LevelBuckets, filter.Levels.Count > 0 || filter.MinimumLevel != Severity.Unspecified, filter with { Levels = [], MinimumLevel = Severity.Unspecified }),
        ];
        var facets = new Dictionary<string, LogFacet>();

        // One question for all that are not filtered on, and one for each that is.
        (LogFilter Filter, (string Field, int Size)[] Fields)[] questions =
        [
            (filter, [.. all.Where(facet => !facet.Filtered).Select(facet => (facet.Field, facet.Size))]),
            .. all.Where(facet => facet.Filtered).Select(facet => (facet.Without, new[] { (facet.Field, facet.Size) })),
        ];
        foreach ((LogFilter asked, (string, int)[] fields) in questions.Where(question => question.Fields.Length > 0))
        {
            if (await CountValuesAsync(asked, query, fields, facets, cancellation) is { } failure)
            {
                return failure;
            }
        }

        return new LogFacets(facets[LogFields.Tenant], facets[LogFields.Namespace], facets[LogFields.Pod], facets[LogFields.Container], facets[LogFields.SeverityText]);
    }

    private async Task<SearchFailure?> CountValuesAsync(LogFilter filter, QueryNode query, (string Field, int Size)[] fields, Dictionary<string, LogFacet> facets, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> body = SearchBody.Create(timeout, 0, json =>
        {
            json.WriteBoolean("track_total_hits", true);
            json.WritePropertyName("query");
            QueryDsl.Write(json, filter, query);
            json.WriteStartObject("aggs");
            foreach ((string field, int size) in fields)
            {
                SearchBody.WriteTermsAggregation(json, field.Replace('.', '_'), field, size);
            }

            json.WriteEndObject();
        });
        SearchOutcome<StoreAnswer> outcome = await AskAsync(body, cancellation);
        if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure))
        {
            return failure;
        }

        using (answer)
        {
            foreach ((string field, _) in fields)
            {
                facets[field] = ReadFacet(answer, field);
            }

            return null;
        }
    }

    private static LogFacet ReadFacet(StoreAnswer answer, string field)
    {
        var values = new List<FacetValue>();
        long others = 0;
        if (answer.Document is { } document
            && document.RootElement.TryGetProperty("aggregations", out JsonElement aggregations)
            && aggregations.TryGetProperty(field.Replace('.', '_'), out JsonElement terms))
        {
            others = terms.TryGetProperty("sum_other_doc_count", out JsonElement rest) ? rest.GetInt64() : 0;
            foreach (JsonElement bucket in terms.GetProperty("buckets").EnumerateArray())
            {
                JsonElement key = bucket.GetProperty("key");
                values.Add(new FacetValue(key.ValueKind == JsonValueKind.String ? key.GetString()! : key.GetRawText(), bucket.GetProperty("doc_count").GetInt64()));
            }
        }

        if (field == LogFields.SeverityText)
        {
            long without = TotalOf(answer) - values.Sum(value => value.Count) - others;
            if (without > 0)
            {
                values.Add(new FacetValue(LogLevels.None, without));
            }
        }

        return new LogFacet(field, values, others);
    }

    private static List<HistogramBucket> ReadBuckets(StoreAnswer answer)
    {
        var buckets = new List<HistogramBucket>();
        if (answer.Document is null
            || !answer.Document.RootElement.TryGetProperty("aggregations", out JsonElement aggregations)
            || !aggregations.TryGetProperty(OverTime, out JsonElement overTime))
        {
            return buckets;
        }

        foreach (JsonElement bucket in overTime.GetProperty("buckets").EnumerateArray())
        {
            var counts = new long[LogLevels.Names.Count];
            long without = bucket.GetProperty("doc_count").GetInt64();
            foreach (JsonElement level in bucket.GetProperty(Levels).GetProperty("buckets").EnumerateArray())
            {
                long count = level.GetProperty("doc_count").GetInt64();
                if (LogLevels.TryParse(level.GetProperty("key").GetString() ?? "", out Severity severity))
                {
                    counts[((byte)severity - 1) / 4] += count;
                    without -= count;
                }
            }

            buckets.Add(new HistogramBucket(bucket.GetProperty("key").GetInt64() * NanoTime.NanosPerMillisecond, counts, without));
        }

        return buckets;
    }

    private async Task<SearchOutcome<LogFilter>> WithBoundsAsync(LogFilter filter, CancellationToken cancellation)
    {
        LogFilter bounded = filter;
        if (bounded.FromNanos is null)
        {
            SearchOutcome<LogResults> oldest = await SearchAsync(filter, SearchOrder.OldestFirst, 1, null, cancellation);
            if (!oldest.TryGet(out LogResults? first, out SearchFailure? failure))
            {
                return failure;
            }

            bounded = bounded with { FromNanos = first.Records.Count > 0 ? first.Records[0].TimestampNanos : filter.ToNanos ?? 0 };
        }

        if (bounded.ToNanos is null)
        {
            SearchOutcome<LogResults> newest = await SearchAsync(filter, SearchOrder.NewestFirst, 1, null, cancellation);
            if (!newest.TryGet(out LogResults? last, out SearchFailure? failure))
            {
                return failure;
            }

            bounded = bounded with { ToNanos = last.Records.Count > 0 ? last.Records[0].TimestampNanos + 1 : bounded.FromNanos };
        }

        return bounded;
    }
}
