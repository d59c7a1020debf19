using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Queries;
using LogPipeline.Local.Store.Search;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary><c>composite</c>: a bucket for each combination of values, in pages: the buckets behind <c>after</c>, so many at a time.</summary>
internal sealed class CompositeAggregation : BucketAggregation<CompositeAggregation.Key>
{
    private const int DefaultSize = 10;

    private readonly Source[] _sources;
    private readonly int _size;
    private readonly SortValue[]? _after;
    private readonly SortValue[] _values;

    private CompositeAggregation(Source[] sources, int size, SortValue[]? after, IReadOnlyList<AggregationDefinition> subAggregations, BucketBudget budget)
        : base(subAggregations, budget)
    {
        _sources = sources;
        _size = size;
        _after = after;
        _values = new SortValue[sources.Length];
    }

    public static Func<Aggregation> Read(JsonElement body, IReadOnlyList<AggregationDefinition> subAggregations, AggregationPlan plan)
    {
        Source[] sources = [.. QueryParser.Required(body, "sources").EnumerateArray().Select(source => Source.Read(source, plan))];
        int size = body.TryGetProperty("size", out JsonElement given) ? given.GetInt32() : DefaultSize;
        SortValue[]? after = body.TryGetProperty("after", out JsonElement key) ? [.. sources.Select(source => source.ReadAfter(QueryParser.Required(key, source.Name)))] : null;
        return () => new CompositeAggregation(sources, size, after, subAggregations, plan.Buckets);
    }

    public override void Collect(CandidateDocument document, AggregationFields fields) => Collect(0, document, fields);

    public override void Write(Utf8JsonWriter writer)
    {
        BucketBudget.Check(Math.Min(_size, Buckets.Count));
        var page = Buckets.OrderBy(bucket => bucket.Key.Values, Comparer<SortValue[]>.Create(Compare)).Take(_size).ToArray();
        if (page.Length > 0)
        {
            writer.WritePropertyName("after_key");
            WriteKey(writer, page[^1].Key.Values);
        }

        writer.WriteStartArray("buckets");
        foreach ((Key key, Bucket bucket) in page)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("key");
            WriteKey(writer, key.Values);
            WriteCount(writer, bucket);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void Collect(int source, CandidateDocument document, AggregationFields fields)
    {
        if (source == _sources.Length)
        {
            if (_after is null || Compare(_values, _after) > 0) Add(new Key([.. _values]), document, fields);
            return;
        }

        FieldReference reference = fields.Field(_sources[source].Field);
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (!reference.Selects(document, leaf) || !_sources[source].TryValue(document, leaf, reference, out SortValue value)) continue;
            _values[source] = value;
            Collect(source + 1, document, fields);
        }
    }

    private int Compare(SortValue[] a, SortValue[] b)
    {
        for (int i = 0; i < _sources.Length; i++)
        {
            int order = a[i].CompareTo(b[i]);
            if (order != 0) return _sources[i].Descending ? -order : order;
        }

        return 0;
    }

    private void WriteKey(Utf8JsonWriter writer, SortValue[] values)
    {
        writer.WriteStartObject();
        for (int i = 0; i < _sources.Length; i++)
        {
            writer.WritePropertyName(_sources[i].Name);
            values[i].Write(writer, nanosPerUnit: _sources[i].Interval is null ? 1 : Timestamps.NanosPerMillisecond);
        }

        writer.WriteEndObject();
    }

    /// <summary>The values of one bucket, compared by value.</summary>
    internal readonly record struct Key(SortValue[] Values)
    {
        public bool Equals(Key other)
        {
            for (int i = 0; i < Values.Length; i++)
            {
                if (Values[i].CompareTo(other.Values[i]) != 0) return false;
            }

            return true;
        }

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (SortValue value in Values) hash.Add(value.GetHashCode());
            return hash.ToHashCode();
        }
    }

    /// <summary>One of the sources: terms, a histogram of this width, or a date histogram.</summary>
    private sealed record Source(string Name, int Field, bool Descending, double Width, DateInterval? Interval)
    {
        public static Source Read(JsonElement source, AggregationPlan plan)
        {
            foreach (JsonProperty named in source.EnumerateObject())
            {
                foreach (JsonProperty kind in named.Value.EnumerateObject())
                {
                    JsonElement body = kind.Value;
                    int field = plan.AddField(AggregationParser.FieldName(body));
                    bool descending = body.TryGetProperty("order", out JsonElement order) && QueryParser.Text(order) == "desc";
                    return kind.Name switch
                    {
                        "terms" => new Source(named.Name, field, descending, 0, null),
                        "histogram" => new Source(named.Name, field, descending, QueryParser.Required(body, "interval").GetDouble(), null),
                        "date_histogram" => new Source(named.Name, field, descending, 0, DateInterval.Read(body)),
                        _ => throw AggregationParser.Refuse($"invalid source type: {kind.Name}"),
                    };
                }
            }

            throw AggregationParser.Refuse("Composite [sources] cannot be empty");
        }

        public SortValue ReadAfter(JsonElement value)
        {
            if (Interval is not null) return SortValue.From(checked(value.GetInt64() * Timestamps.NanosPerMillisecond));
            if (value.ValueKind != JsonValueKind.Number) return SortValue.From(System.Text.Encoding.UTF8.GetBytes(QueryParser.Text(value)));
            return Width == 0 && value.TryGetInt64(out long whole) ? SortValue.From(whole) : SortValue.From(value.GetDouble());
        }

        public bool TryValue(CandidateDocument document, in JsonField leaf, FieldReference reference, out SortValue value)
        {
            value = default;
            ReadOnlySpan<byte> text = document.Value(leaf);
            if (Interval is not null)
            {
                if (!Timestamps.TryParse(text, out long nanos)) return false;
                value = SortValue.From(Interval.Floor(nanos));
                return true;
            }

            if (MetricAggregation.TryNumber(document, leaf, reference, out double number, out _))
            {
                value = Width > 0 ? SortValue.From(Math.Floor(number / Width) * Width) : number == Math.Floor(number) ? SortValue.From((long)number) : SortValue.From(number);
                return true;
            }

            value = SortValue.From(text);
            return Width == 0;
        }
    }
}
