using System.Globalization;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary>The width of a date histogram's buckets: a fixed time, or a unit of the calendar in a zone. Times in nanoseconds.</summary>
internal sealed class DateInterval
{
    private readonly long _fixedNanos;
    private readonly char _calendarUnit;
    private readonly TimeZoneInfo _zone;
    private readonly long _offsetNanos;

    private DateInterval(long fixedNanos, char calendarUnit, TimeZoneInfo zone, long offsetNanos)
    {
        _fixedNanos = fixedNanos;
        _calendarUnit = calendarUnit;
        _zone = zone;
        _offsetNanos = offsetNanos;
    }

    public TimeZoneInfo Zone => _zone;

    /// <summary>Reads fixed_interval, calendar_interval or interval, time_zone and offset. Throws <see cref="OpenSearchException"/>.</summary>
    public static DateInterval Read(JsonElement body)
    {
        TimeZoneInfo zone = body.TryGetProperty("time_zone", out JsonElement name) ? DateMath.Zone(QueryParser.Text(name)) : TimeZoneInfo.Utc;
        long offset = body.TryGetProperty("offset", out JsonElement shift) ? ReadOffset(QueryParser.Text(shift)) : 0;
        if (body.TryGetProperty("fixed_interval", out JsonElement fixedInterval))
        {
            string text = QueryParser.Text(fixedInterval);
            return TryFixed(text, out long nanos) ? new DateInterval(nanos, '\0', zone, offset) : throw BadInterval("fixed_interval", text);
        }

        bool isCalendar = body.TryGetProperty("calendar_interval", out JsonElement calendar);
        string interval = isCalendar ? QueryParser.Text(calendar) : QueryParser.Text(QueryParser.Required(body, "interval"));
        if (CalendarUnit(interval) is { } unit) return new DateInterval(0, unit, zone, offset);
        return !isCalendar && TryFixed(interval, out long length) ? new DateInterval(length, '\0', zone, offset) : throw BadInterval("calendar_interval", interval);
    }

    /// <summary>The start of the bucket that a time lies in.</summary>
    public long Floor(long nanos)
    {
        nanos -= _offsetNanos;
        if (_fixedNanos > 0)
        {
            long shift = _zone == TimeZoneInfo.Utc ? 0 : _zone.GetUtcOffset(Timestamps.ToDateTime(nanos)).Ticks * 100;
            long local = nanos + shift;
            long rest = local % _fixedNanos;
            return nanos - (rest < 0 ? rest + _fixedNanos : rest) + _offsetNanos;
        }

        DateTime time = TimeZoneInfo.ConvertTimeFromUtc(Timestamps.ToDateTime(nanos), _zone);
        DateMath.TryFloor(time, _calendarUnit, out DateTime start);
        return DateMath.ToNanos(start, _zone) + _offsetNanos;
    }

    /// <summary>The start of the bucket behind one.</summary>
    public long Next(long start)
    {
        if (_fixedNanos > 0) return start + _fixedNanos;
        DateTime time = TimeZoneInfo.ConvertTimeFromUtc(Timestamps.ToDateTime(start - _offsetNanos), _zone);
        DateMath.TryAdd(ref time, _calendarUnit, 1);
        return DateMath.ToNanos(time, _zone) + _offsetNanos;
    }

    /// <summary>How many buckets there may be between two starts, both included; at most a few too many.</summary>
    public long CountBetween(long first, long last) => ((last - first) / (_fixedNanos > 0 ? _fixedNanos : ShortestNanos())) + 1;

    private long ShortestNanos() => Timestamps.NanosPerSecond * _calendarUnit switch
    {
        'y' => 365L * 86400,
        'q' => 90L * 86400,
        'M' => 28L * 86400,
        'w' => 7L * 86400,
        'd' => 82800,
        'h' => 3600,
        'm' => 60,
        _ => 1,
    };

    private static char? CalendarUnit(string interval) => interval switch
    {
        "second" or "1s" => 's',
        "minute" or "1m" => 'm',
        "hour" or "1h" => 'h',
        "day" or "1d" => 'd',
        "week" or "1w" => 'w',
        "month" or "1M" => 'M',
        "quarter" or "1q" => 'q',
        "year" or "1y" => 'y',
        _ => null,
    };

    private static bool TryFixed(string text, out long nanos)
    {
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;
        long unit = text[digits..] switch
        {
            "ms" => Timestamps.NanosPerMillisecond,
            "s" => Timestamps.NanosPerSecond,
            "m" => 60 * Timestamps.NanosPerSecond,
            "h" => 3600 * Timestamps.NanosPerSecond,
            "d" => 86400 * Timestamps.NanosPerSecond,
            _ => 0,
        };
        nanos = 0;
        if (unit == 0 || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count is 0 or > 1_000_000_000_000 || count > long.MaxValue / 2 / unit) return false;
        nanos = count * unit;
        return true;
    }

    private static long ReadOffset(string text)
    {
        bool negative = text.StartsWith('-');
        return TryFixed(text.TrimStart('-', '+'), out long nanos) ? negative ? -nanos : nanos : throw BadInterval("offset", text);
    }

    private static OpenSearchException BadInterval(string name, string text) =>
        new(new OpenSearchError(400, "x_content_parse_exception", $"[date_histogram] failed to parse field [{name}]")
        {
            CausedBy = OpenSearchError.IllegalArgument($"failed to parse setting [date_histogram.{name}] with value [{text}] as a time value: unit is missing or unrecognized"),
        });
}
