using System.Globalization;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Queries;

/// <summary>The bounds of a <c>range</c> in each form that a value may be compared in.</summary>
internal sealed class RangeBounds
{
    private byte[]? _minText, _maxText;
    private double _min = double.NegativeInfinity, _max = double.PositiveInfinity;
    private bool _includesMin = true, _includesMax = true;

    public bool HasTimes { get; private set; } = true;

    public bool HasNumbers { get; private set; } = true;

    /// <summary>The earliest time that is within, in nanoseconds.</summary>
    public long MinNanos { get; private set; } = long.MinValue;

    /// <summary>The latest.</summary>
    public long MaxNanos { get; private set; } = long.MaxValue;

    /// <summary>Reads the body of a <c>range</c>: gt, gte, lt, lte, from, to, include_lower, include_upper, format, time_zone. Throws <see cref="OpenSearchException"/>.</summary>
    public static RangeBounds Read(JsonElement body, FieldReference field, DateMath dates, string index)
    {
        var bounds = new RangeBounds();
        TimeZoneInfo zone = body.TryGetProperty("time_zone", out JsonElement name) ? DateMath.Zone(name.GetString()!) : TimeZoneInfo.Utc;
        bool includesFrom = !body.TryGetProperty("include_lower", out JsonElement lower) || lower.ValueKind != JsonValueKind.False;
        bool includesTo = !body.TryGetProperty("include_upper", out JsonElement upper) || upper.ValueKind != JsonValueKind.False;
        foreach (JsonProperty property in body.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null) continue;
            switch (property.Name)
            {
                case "gte":
                    bounds.SetMin(property.Value, true, zone, field, dates, index);
                    break;
                case "gt":
                    bounds.SetMin(property.Value, false, zone, field, dates, index);
                    break;
                case "from":
                    bounds.SetMin(property.Value, includesFrom, zone, field, dates, index);
                    break;
                case "lte":
                    bounds.SetMax(property.Value, true, zone, field, dates, index);
                    break;
                case "lt":
                    bounds.SetMax(property.Value, false, zone, field, dates, index);
                    break;
                case "to":
                    bounds.SetMax(property.Value, includesTo, zone, field, dates, index);
                    break;
                case "format" or "time_zone" or "boost" or "relation" or "include_lower" or "include_upper" or "_name":
                    break;
                default:
                    throw new OpenSearchException(new OpenSearchError(400, "parsing_exception", $"[range] query does not support [{property.Name}]"));
            }
        }

        return bounds;
    }

    public bool IsNumberWithin(double number) =>
        (_includesMin ? number >= _min : number > _min) && (_includesMax ? number <= _max : number < _max);

    public bool IsTextWithin(ReadOnlySpan<byte> text)
    {
        if (_minText is not null)
        {
            int order = text.SequenceCompareTo(_minText);
            if (order < 0 || order == 0 && !_includesMin) return false;
        }

        if (_maxText is null) return true;
        int toMax = text.SequenceCompareTo(_maxText);
        return toMax < 0 || toMax == 0 && _includesMax;
    }

    private void SetMin(JsonElement value, bool includes, TimeZoneInfo zone, FieldReference field, DateMath dates, string index)
    {
        string text = TextOf(value);
        _includesMin = includes;
        _minText = Encoding.UTF8.GetBytes(text);
        HasNumbers &= double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _min);
        if (dates.TryParse(text, roundUp: !includes, zone, out long nanos)) MinNanos = includes ? nanos : nanos == long.MaxValue ? nanos : nanos + 1;
        else HasTimes = Refuse(text, field, index);
    }

    private void SetMax(JsonElement value, bool includes, TimeZoneInfo zone, FieldReference field, DateMath dates, string index)
    {
        string text = TextOf(value);
        _includesMax = includes;
        _maxText = Encoding.UTF8.GetBytes(text);
        HasNumbers &= double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _max);
        if (dates.TryParse(text, roundUp: includes, zone, out long nanos)) MaxNanos = includes ? nanos : nanos == long.MinValue ? nanos : nanos - 1;
        else HasTimes = Refuse(text, field, index);
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static bool Refuse(string text, FieldReference field, string index)
    {
        if (field.Type is not (FieldType.Date or FieldType.DateNanos)) return false;
        throw new OpenSearchException(new OpenSearchError(
            400, "parse_exception", $"failed to parse date field [{text}] with format [strict_date_optional_time||epoch_millis]") { FailedSearchOf = index });
    }
}
