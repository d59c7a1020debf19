using System.Globalization;
using System.Text;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Queries;

/// <summary>
/// Times of queries: <c>now</c> or a date followed by <c>||</c>, then <c>+1h</c>, <c>-15m</c>, <c>/d</c>, any number of them; or a plain
/// date (<see cref="Timestamps"/>). Units: y M w d h H m s.
/// </summary>
internal sealed class DateMath(DateTimeOffset now)
{
    /// <summary>The request's one idea of now, in nanoseconds.</summary>
    public long Now { get; } = Timestamps.FromDateTime(now.UtcDateTime);

    /// <summary>Throws <see cref="OpenSearchException"/> for a zone that does not exist.</summary>
    public static TimeZoneInfo Zone(string name) =>
        Timestamps.FindZone(name) ?? throw new OpenSearchException(OpenSearchError.IllegalArgument($"Unknown time-zone ID: {name}"));

    /// <param name="text">The time.</param>
    /// <param name="roundUp">The last nanosecond of what the text leaves open or rounds to, instead of the first.</param>
    /// <param name="zone">Of a date without an offset, and of rounding.</param>
    /// <param name="nanos">The result.</param>
    public bool TryParse(string text, bool roundUp, TimeZoneInfo zone, out long nanos)
    {
        ReadOnlySpan<char> math;
        if (text.StartsWith("now", StringComparison.Ordinal))
        {
            nanos = Now;
            math = text.AsSpan(3);
        }
        else
        {
            int separator = text.IndexOf("||", StringComparison.Ordinal);
            byte[] date = Encoding.UTF8.GetBytes(separator < 0 ? text : text[..separator]);
            if (!Timestamps.TryParse(date, TimeSpan.Zero, out nanos, out _)) return false;
            TimeSpan offset = zone.GetUtcOffset(Timestamps.ToDateTime(nanos));
            Timestamps.TryParse(date, offset, out nanos, out long unit);
            if (separator < 0)
            {
                if (roundUp) nanos += unit - 1;
                return true;
            }

            math = text.AsSpan(separator + 2);
        }

        return TryApply(math, roundUp, zone, ref nanos);
    }

    private static bool TryApply(ReadOnlySpan<char> math, bool roundUp, TimeZoneInfo zone, ref long nanos)
    {
        while (math.Length > 0)
        {
            char operation = math[0];
            math = math[1..];
            int digits = 0;
            while (digits < math.Length && char.IsAsciiDigit(math[digits])) digits++;
            if (operation is not ('+' or '-' or '/') || digits == math.Length || digits > 0 && operation == '/') return false;
            int count = 1;
            if (digits > 0 && !int.TryParse(math[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out count)) return false;
            char unit = math[digits];
            math = math[(digits + 1)..];
            try
            {
                DateTime local = TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(Timestamps.ToDateTime(nanos), DateTimeKind.Utc), zone);
                long rest = nanos % 100;
                if (operation != '/')
                {
                    if (!TryAdd(ref local, unit, operation == '-' ? -count : count)) return false;
                    nanos = ToNanos(local, zone) + rest;
                }
                else
                {
                    if (!TryFloor(local, unit, out DateTime start)) return false;
                    DateTime end = start;
                    TryAdd(ref end, unit, 1);
                    nanos = roundUp ? ToNanos(end, zone) - 1 : ToNanos(start, zone);
                }
            }
            catch (ArgumentOutOfRangeException)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The start of a calendar unit; false for an unknown one.</summary>
    public static bool TryFloor(DateTime time, char unit, out DateTime start)
    {
        start = unit switch
        {
            'y' => new DateTime(time.Year, 1, 1),
            'q' => new DateTime(time.Year, ((time.Month - 1) / 3 * 3) + 1, 1),
            'M' => new DateTime(time.Year, time.Month, 1),
            'w' => time.Date.AddDays(-(((int)time.DayOfWeek + 6) % 7)),
            'd' => time.Date,
            'h' or 'H' => time.Date.AddHours(time.Hour),
            'm' => time.Date.AddMinutes((time.Hour * 60) + time.Minute),
            's' => time.Date.AddSeconds((long)time.TimeOfDay.TotalSeconds),
            _ => DateTime.MinValue,
        };
        return start != DateTime.MinValue;
    }

    /// <summary>Adds calendar units; false for an unknown one.</summary>
    public static bool TryAdd(ref DateTime time, char unit, int count)
    {
        DateTime? result = unit switch
        {
            'y' => time.AddYears(count),
            'q' => time.AddMonths(3 * count),
            'M' => time.AddMonths(count),
            'w' => time.AddDays(7.0 * count),
            'd' => time.AddDays(count),
            'h' or 'H' => time.AddHours(count),
            'm' => time.AddMinutes(count),
            's' => time.AddSeconds(count),
            _ => null,
        };
        time = result ?? time;
        return result is not null;
    }

    /// <summary>A local time as nanoseconds; a time that a zone skips is taken at the offset before.</summary>
    public static long ToNanos(DateTime local, TimeZoneInfo zone) => Timestamps.FromDateTime(local - zone.GetUtcOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified)));
}
