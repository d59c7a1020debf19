using System.Globalization;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary><c>date_histogram</c>: buckets by time, the empty ones between the first and the last (or the extended bounds) too when <c>min_doc_count</c> is 0.</summary>
internal sealed class DateHistogramAggregation : BucketAggregation<long>
{
    private readonly Options _options;
    private long _cachedStart = long.MaxValue, _cachedEnd = long.MinValue;

    private DateHistogramAggregation(Options options, IReadOnlyList<AggregationDefinition> subAggregations, BucketBudget budget)
        : base(subAggregations, budget) => _options = options;

    public static Func<Aggregation> Read(JsonElement body, IReadOnlyList<AggregationDefinition> subAggregations, AggregationPlan plan)
    {
        var interval = DateInterval.Read(body);
        var options = new Options(plan.AddField(AggregationParser.FieldName(body)), interval);
        foreach (JsonProperty property in body.EnumerateObject())
        {
            options = property.Name switch
            {
                "min_doc_count" => options with { MinCount = property.Value.GetInt64() },
                "format" => options with { Format = QueryParser.Text(property.Value) },
                "order" => options with { Descending = property.Value.EnumerateObject().Any(order => order.Value.GetString() == "desc") },
                "extended_bounds" => options with
                {
                    Min = Bound(property.Value, "min", plan, interval),
                    Max = Bound(property.Value, "max", plan, interval),
                },
                "field" or "fixed_interval" or "calendar_interval" or "interval" or "time_zone" or "offset" or "keyed" => options,
                _ => throw AggregationParser.Refuse($"[date_histogram] aggregation does not support [{property.Name}]"),
            };
        }

        return () => new DateHistogramAggregation(options, subAggregations, plan.Buckets);
    }

    public override void Collect(CandidateDocument document, AggregationFields fields)
    {
        FieldReference reference = fields.Field(_options.Field);
        long last = long.MinValue;
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (!reference.Selects(document, leaf) || !Timestamps.TryParse(document.Value(leaf), out long nanos)) continue;
            long start = StartOf(nanos);
            if (start == last) continue;
            last = start;
            Add(start, document, fields);
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("buckets");
        IEnumerable<KeyValuePair<long, Bucket>> buckets = _options.MinCount == 0 ? WithEmpty() : Buckets.Where(bucket => bucket.Value.Count >= _options.MinCount).OrderBy(bucket => bucket.Key);
        foreach ((long start, Bucket bucket) in _options.Descending ? buckets.Reverse() : buckets)
        {
            writer.WriteStartObject();
            writer.WriteString("key_as_string", Format(start));
            writer.WriteNumber("key", start / Timestamps.NanosPerMillisecond);
            WriteCount(writer, bucket);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private long StartOf(long nanos)
    {
        if (nanos >= _cachedStart && nanos < _cachedEnd) return _cachedStart;
        _cachedStart = _options.Interval.Floor(nanos);
        _cachedEnd = _options.Interval.Next(_cachedStart);
        return _cachedStart;
    }

    private IEnumerable<KeyValuePair<long, Bucket>> WithEmpty()
    {
        if (Buckets.Count == 0 && (_options.Min is null || _options.Max is null)) yield break;
        long first = Buckets.Count == 0 ? long.MaxValue : Buckets.Keys.Min(), last = Buckets.Count == 0 ? long.MinValue : Buckets.Keys.Max();
        first = Math.Min(first, _options.Min ?? long.MaxValue);
        last = Math.Max(last, _options.Max ?? long.MinValue);
        BucketBudget.Check(_options.Interval.CountBetween(first, last));
        for (long start = first; start <= last; start = _options.Interval.Next(start))
        {
            yield return new(start, Buckets.TryGetValue(start, out Bucket? bucket) ? bucket : Empty());
        }
    }

    private string Format(long start)
    {
        TimeSpan offset = _options.Interval.Zone.GetUtcOffset(Timestamps.ToDateTime(start));
        return _options.Format switch
        {
            null or "strict_date_optional_time" or "date_optional_time" => Timestamps.FormatMilliseconds(start, offset),
            "epoch_millis" => (start / Timestamps.NanosPerMillisecond).ToString(CultureInfo.InvariantCulture),
            // Java's and .NET's letters agree for what histograms use: y M d H m s S.
            { } format => Timestamps.ToDateTime(start).Add(offset).ToString(format.Replace('S', 'f').Replace('u', 'y'), CultureInfo.InvariantCulture),
        };
    }

    private static long? Bound(JsonElement bounds, string name, AggregationPlan plan, DateInterval interval)
    {
        if (!bounds.TryGetProperty(name, out JsonElement value)) return null;
        string text = QueryParser.Text(value);
        return plan.Dates.TryParse(text, roundUp: false, interval.Zone, out long nanos)
            ? interval.Floor(nanos)
            : throw new OpenSearchException(new OpenSearchError(400, "parse_exception", $"failed to parse date field [{text}] with format [strict_date_optional_time||epoch_millis]"));
    }

    private sealed record Options(int Field, DateInterval Interval)
    {
        public long MinCount { get; init; }

        public string? Format { get; init; }

        public bool Descending { get; init; }

        public long? Min { get; init; }

        public long? Max { get; init; }
    }
}
