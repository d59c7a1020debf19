using System.Globalization;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary><c>range</c>: a bucket for each pair of bounds over a number, from included, to excluded.</summary>
internal sealed class RangeAggregation : BucketAggregation<int>
{
    private readonly int _field;
    private readonly Bounds[] _ranges;

    private RangeAggregation(int field, Bounds[] ranges, IReadOnlyList<AggregationDefinition> subAggregations, BucketBudget budget)
        : base(subAggregations, budget)
    {
        _field = field;
        _ranges = ranges;
    }

    public static Func<Aggregation> Read(JsonElement body, IReadOnlyList<AggregationDefinition> subAggregations, AggregationPlan plan)
    {
        int field = plan.AddField(AggregationParser.FieldName(body));
        JsonElement given = QueryParser.Required(body, "ranges");
        if (given.ValueKind != JsonValueKind.Array || given.GetArrayLength() == 0) throw new OpenSearchException(OpenSearchError.IllegalArgument("No [ranges] specified for the [range] aggregation"));
        Bounds[] ranges = [.. given.EnumerateArray().Select(Bounds.Read).OrderBy(range => range.From ?? double.NegativeInfinity).ThenBy(range => range.To ?? double.PositiveInfinity)];
        return () => new RangeAggregation(field, ranges, subAggregations, plan.Buckets);
    }

    public override void Collect(CandidateDocument document, AggregationFields fields)
    {
        FieldReference reference = fields.Field(_field);
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (!reference.Selects(document, leaf) || !MetricAggregation.TryNumber(document, leaf, reference, out double number, out _)) continue;
            for (int i = 0; i < _ranges.Length; i++)
            {
                if (_ranges[i].Holds(number)) Add(i, document, fields);
            }
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("buckets");
        for (int i = 0; i < _ranges.Length; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("key", _ranges[i].Key);
            if (_ranges[i].From is { } from) MetricAggregation.WriteNumber(writer, "from", from);
            if (_ranges[i].To is { } to) MetricAggregation.WriteNumber(writer, "to", to);
            WriteCount(writer, Buckets.TryGetValue(i, out Bucket? bucket) ? bucket : Empty());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private sealed record Bounds(string Key, double? From, double? To)
    {
        public bool Holds(double number) => number >= (From ?? double.NegativeInfinity) && (To is null || number < To);

        public static Bounds Read(JsonElement range)
        {
            double? from = Number(range, "from"), to = Number(range, "to");
            string key = range.TryGetProperty("key", out JsonElement given) ? QueryParser.Text(given) : $"{Text(from)}-{Text(to)}";
            return new Bounds(key, from, to);
        }

        private static double? Number(JsonElement range, string name) =>
            range.ValueKind == JsonValueKind.Object && range.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

        private static string Text(double? bound) => bound is not { } number ? "*"
            : number == Math.Floor(number) && Math.Abs(number) < 1e7 ? number.ToString("0.0", CultureInfo.InvariantCulture)
            : number.ToString("0.0###############E0", CultureInfo.InvariantCulture);
    }
}
