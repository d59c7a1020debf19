using System.Buffers.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Mappings;
using LogPipeline.Local.Store.Queries;
using LogPipeline.Local.Store.Totals;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary>sum, min, max, avg, stats and value_count of a field. Times count as milliseconds.</summary>
internal sealed class MetricAggregation(string type, int field) : Aggregation
{
    private long _count;
    private double _sum, _min = double.PositiveInfinity, _max = double.NegativeInfinity;
    private bool _isTime;

    /// <summary>What buckets are ordered by.</summary>
    public double Value => type switch
    {
        "sum" => _sum,
        "min" => _min,
        "max" => _max,
        "value_count" => _count,
        _ => _count == 0 ? double.NegativeInfinity : _sum / _count,
    };

    public static Func<Aggregation> Read(string type, JsonElement body, AggregationPlan plan)
    {
        int field = plan.AddField(AggregationParser.FieldName(body));
        return () => new MetricAggregation(type, field);
    }

    /// <summary>A leaf as a number: a time as milliseconds, with their fraction. False when it is none.</summary>
    public static bool TryNumber(CandidateDocument document, in JsonField leaf, FieldReference reference, out double number, out bool isTime)
    {
        ReadOnlySpan<byte> text = document.Value(leaf);
        isTime = false;
        number = 0;
        if (reference.Type is FieldType.Date or FieldType.DateNanos || leaf.Type == JsonTokenType.String && reference is { Type: FieldType.Dynamic, Name: "@timestamp" })
        {
            if (!Timestamps.TryParse(text, out long nanos)) return false;
            isTime = true;
            number = nanos / Timestamps.NanosPerMillisecond;
            return true;
        }

        if (leaf.Type == JsonTokenType.True) number = 1;
        return leaf.Type is JsonTokenType.True or JsonTokenType.False
            || (leaf.Type == JsonTokenType.Number || reference.Type is FieldType.Long or FieldType.Double) && Utf8Parser.TryParse(text, out number, out int used) && used == text.Length;
    }

    public override void Collect(CandidateDocument document, AggregationFields fields)
    {
        FieldReference reference = fields.Field(field);
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (!reference.Selects(document, leaf)) continue;
            if (!TryNumber(document, leaf, reference, out double number, out bool isTime))
            {
                if (type == "value_count") _count++;
                continue;
            }

            _isTime |= isTime;
            _count++;
            _sum += number;
            _min = Math.Min(_min, number);
            _max = Math.Max(_max, number);
        }
    }

    public override bool TakesTotals(AggregationFields fields) =>
        type == "sum" && fields.Field(field) is { IsAll: false, Type: FieldType.Long or FieldType.Double or FieldType.Dynamic } summed && summed.Path == ExtentFields.Length;

    public override void Merge(Aggregation other)
    {
        var metric = (MetricAggregation)other;
        _count += metric._count;
        _sum += metric._sum;
        _min = Math.Min(_min, metric._min);
        _max = Math.Max(_max, metric._max);
        _isTime |= metric._isTime;
    }

    public override void Write(Utf8JsonWriter writer)
    {
        switch (type)
        {
            case "value_count":
                writer.WriteNumber("value", _count);
                break;
            case "stats":
                writer.WriteNumber("count", _count);
                WriteNumber(writer, "min", _count == 0 ? null : _min);
                WriteNumber(writer, "max", _count == 0 ? null : _max);
                WriteNumber(writer, "avg", _count == 0 ? null : _sum / _count);
                WriteNumber(writer, "sum", _sum);
                break;
            case "sum":
                WriteNumber(writer, "value", _sum);
                break;
            default:
                WriteNumber(writer, "value", _count == 0 ? null : Value);
                break;
        }

        if (_isTime && type is "min" or "max" && _count > 0) writer.WriteString("value_as_string", Timestamps.FormatMilliseconds((long)Value * Timestamps.NanosPerMillisecond, TimeSpan.Zero));
    }

    /// <summary>Writes a number as Java does a double's: whole numbers with one decimal.</summary>
    public static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is not { } number) writer.WriteNull(name);
        else if (Math.Abs(number) < 1e15 && number == Math.Floor(number)) writer.WriteNumber(name, decimal.Round((decimal)number, 1) + 0.0m);
        else writer.WriteNumber(name, number);
    }
}
