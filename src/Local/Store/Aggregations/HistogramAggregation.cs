using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Mappings;
using LogPipeline.Local.Store.Queries;
using LogPipeline.Local.Store.Totals;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary><c>histogram</c>: buckets of equal width over a number.</summary>
internal sealed class HistogramAggregation : BucketAggregation<double>
{
    private readonly int _field;
    private readonly double _interval, _offset;
    private readonly long _minCount;

    private HistogramAggregation(int field, double interval, double offset, long minCount, IReadOnlyList<AggregationDefinition> subAggregations, BucketBudget budget)
        : base(subAggregations, budget)
    {
        _field = field;
        _interval = interval;
        _offset = offset;
        _minCount = minCount;
    }

    public static Func<Aggregation> Read(JsonElement body, IReadOnlyList<AggregationDefinition> subAggregations, AggregationPlan plan)
    {
        int field = plan.AddField(AggregationParser.FieldName(body));
        JsonElement width = QueryParser.Required(body, "interval");
        double interval = width.ValueKind == JsonValueKind.Number ? width.GetDouble() : 0;
        if (!(interval > 0)) throw new OpenSearchException(OpenSearchError.IllegalArgument("[interval] must be >0 for histogram aggregation"));
        double offset = body.TryGetProperty("offset", out JsonElement shift) ? shift.GetDouble() : 0;
        long minCount = body.TryGetProperty("min_doc_count", out JsonElement least) ? least.GetInt64() : 0;
        return () => new HistogramAggregation(field, interval, offset, minCount, subAggregations, plan.Buckets);
    }

    public override void Collect(CandidateDocument document, AggregationFields fields)
    {
        FieldReference reference = fields.Field(_field);
        double last = double.NaN;
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (!reference.Selects(document, leaf) || !MetricAggregation.TryNumber(document, leaf, reference, out double number, out _)) continue;
            double key = (Math.Floor((number - _offset) / _interval) * _interval) + _offset;
            if (key == last) continue;
            last = key;
            Add(key, document, fields);
        }
    }

    public override bool TakesTotals(AggregationFields fields) =>
        fields.Field(_field) is { IsAll: false, Type: FieldType.Long or FieldType.Double or FieldType.Dynamic } field && field.Path == ExtentFields.Offset
        && _interval % ExtentFields.RangeBytes == 0 && _offset == 0 && InnerTakesTotals(fields);

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("buckets");
        if (_minCount == 0 && Buckets.Count > 0)
        {
            double first = Buckets.Keys.Min(), last = Buckets.Keys.Max();
            double count = Math.Round((last - first) / _interval) + 1;
            BucketBudget.Check(count > long.MaxValue / 2 ? long.MaxValue : (long)count);
            for (long i = 0; i < (long)count; i++)
            {
                double key = (Math.Floor(((first - _offset) / _interval) + i + 0.5) * _interval) + _offset;
                WriteBucket(writer, key, Buckets.TryGetValue(key, out Bucket? bucket) ? bucket : Empty());
            }
        }
        else
        {
            foreach ((double key, Bucket bucket) in Buckets.Where(bucket => bucket.Value.Count >= _minCount).OrderBy(bucket => bucket.Key)) WriteBucket(writer, key, bucket);
        }

        writer.WriteEndArray();
    }

    private static void WriteBucket(Utf8JsonWriter writer, double key, Bucket bucket)
    {
        writer.WriteStartObject();
        MetricAggregation.WriteNumber(writer, "key", key);
        WriteCount(writer, bucket);
        writer.WriteEndObject();
    }
}
