using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace LogPipeline.Local.Store.Documents;

/// <summary>
/// Times as nanoseconds since the Unix epoch, in OpenSearch's default format <c>strict_date_optional_time||epoch_millis</c>:
/// <c>yyyy[-MM[-dd[Thh[:mm[:ss[.f{1-9}]]][Z|±hh[:]mm]]]]</c> or milliseconds.
/// </summary>
internal static class Timestamps
{
    public const long NanosPerMillisecond = 1_000_000;
    public const long NanosPerSecond = 1_000_000_000;

    /// <summary>No time: sorts before every other.</summary>
    public const long None = long.MinValue;

    private const long MaxSeconds = long.MaxValue / NanosPerSecond;

    /// <summary>False when the text has another form, or lies outside 1677 to 2262.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long nanos) => TryParse(text, TimeSpan.Zero, out nanos, out _);

    /// <summary>As <see cref="TryParse(ReadOnlySpan{byte}, out long)"/>; a text without an offset is local to <paramref name="offset"/>. <paramref name="unitNanos"/> is the length of the smallest unit written (a day for a date).</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, TimeSpan offset, out long nanos, out long unitNanos)
    {
        nanos = unitNanos = 0;
        if (text.Length > 4 && text[4] != (byte)'-' || text.Length < 4) return TryParseMilliseconds(text, out nanos, out unitNanos);
        if (!TryDigits(ref text, 4, out int year)) return false;
        int month = 1, day = 1, hour = 0, minute = 0, second = 0;
        long fraction = 0;
        unitNanos = 366 * 86400 * NanosPerSecond;
        if (TrySkip(ref text, (byte)'-'))
        {
            if (!TryDigits(ref text, 2, out month)) return false;
            unitNanos = 31 * 86400 * NanosPerSecond;
            if (TrySkip(ref text, (byte)'-'))
            {
                if (!TryDigits(ref text, 2, out day)) return false;
                unitNanos = 86400 * NanosPerSecond;
                if (TrySkip(ref text, (byte)'T') && text.Length > 0 && !TryTimeOfDay(ref text, out hour, out minute, out second, out fraction, ref unitNanos)) return false;
            }
        }

        if (text.Length > 0 && !TryOffset(ref text, ref offset) || text.Length > 0) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        long seconds = (new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        seconds -= (long)offset.TotalSeconds;
        if (seconds is >= MaxSeconds or <= -MaxSeconds) return false;
        nanos = (seconds * NanosPerSecond) + fraction;
        if (unitNanos >= 31 * 86400 * NanosPerSecond)
        {
            DateTime start = new(year, month, 1);
            unitNanos = ((unitNanos > 31 * 86400 * NanosPerSecond ? start.AddYears(1) : start.AddMonths(1)) - start).Ticks * 100;
        }

        return true;
    }

    public static long FromDateTime(DateTime utc) => (utc.Ticks - DateTime.UnixEpoch.Ticks) * 100;

    public static DateTime ToDateTime(long nanos) => DateTime.UnixEpoch.AddTicks((long)Math.Floor(nanos / 100.0m));

    /// <summary>As OpenSearch prints a bucket's key: <c>2026-11-20T12:00:00.000Z</c>.</summary>
    public static string FormatMilliseconds(long nanos, TimeSpan offset)
    {
        DateTime local = ToDateTime(nanos).Add(offset);
        string text = local.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
        return offset == TimeSpan.Zero ? text + "Z" : text + (offset < TimeSpan.Zero ? "-" : "+") + offset.ToString("hh\\:mm", CultureInfo.InvariantCulture);
    }

    private static bool TryTimeOfDay(ref ReadOnlySpan<byte> text, out int hour, out int minute, out int second, out long fraction, ref long unitNanos)
    {
        minute = second = 0;
        fraction = 0;
        if (!TryDigits(ref text, 2, out hour)) return false;
        unitNanos = 3600 * NanosPerSecond;
        if (!TrySkip(ref text, (byte)':')) return true;
        if (!TryDigits(ref text, 2, out minute)) return false;
        unitNanos = 60 * NanosPerSecond;
        if (!TrySkip(ref text, (byte)':')) return true;
        if (!TryDigits(ref text, 2, out second)) return false;
        unitNanos = NanosPerSecond;
        if (!TrySkip(ref text, (byte)'.') && !TrySkip(ref text, (byte)',')) return true;
        int digits = 0;
        while (digits < text.Length && text[digits] is >= (byte)'0' and <= (byte)'9') digits++;
        if (digits is 0 or > 9) return false;
        for (int i = 0; i < 9; i++) fraction = (fraction * 10) + (i < digits ? text[i] - '0' : 0);
        text = text[digits..];
        unitNanos = 1;
        return true;
    }

    private static bool TryOffset(ref ReadOnlySpan<byte> text, ref TimeSpan offset)
    {
        if (TrySkip(ref text, (byte)'Z'))
        {
            offset = TimeSpan.Zero;
            return true;
        }

        bool negative = TrySkip(ref text, (byte)'-');
        if (!negative && !TrySkip(ref text, (byte)'+')) return false;
        int minutes = 0;
        if (!TryDigits(ref text, 2, out int hours)) return false;
        if (text.Length > 0)
        {
            TrySkip(ref text, (byte)':');
            if (!TryDigits(ref text, 2, out minutes)) return false;
        }

        offset = new TimeSpan(hours, minutes, 0);
        if (negative) offset = -offset;
        return hours <= 18 && minutes <= 59;
    }

    private static bool TryParseMilliseconds(ReadOnlySpan<byte> text, out long nanos, out long unitNanos)
    {
        nanos = 0;
        unitNanos = NanosPerMillisecond;
        if (!Utf8Parser.TryParse(text, out long milliseconds, out int used)) return false;
        long fraction = 0;
        if (used < text.Length)
        {
            ReadOnlySpan<byte> digits = text[used..];
            if (digits[0] != (byte)'.' || digits.Length is < 2 or > 7) return false;
            for (int i = 1; i <= 6; i++)
            {
                if (i < digits.Length && digits[i] is < (byte)'0' or > (byte)'9') return false;
                fraction = (fraction * 10) + (i < digits.Length ? digits[i] - '0' : 0);
            }
        }

        if (milliseconds is > long.MaxValue / NanosPerMillisecond - 1 or < long.MinValue / NanosPerMillisecond + 1) return false;
        nanos = (milliseconds * NanosPerMillisecond) + fraction;
        return true;
    }

    /// <summary>Reads an offset as in <c>+02:00</c>, <c>Z</c> or <c>UTC</c>, or finds the zone of that IANA name. Null when there is none.</summary>
    public static TimeZoneInfo? FindZone(string name)
    {
        if (name is "Z" or "UTC") return TimeZoneInfo.Utc;
        ReadOnlySpan<byte> text = Encoding.UTF8.GetBytes(name);
        TimeSpan offset = default;
        if (TryOffset(ref text, ref offset) && text.Length == 0) return offset == TimeSpan.Zero ? TimeZoneInfo.Utc : TimeZoneInfo.CreateCustomTimeZone(name, offset, name, name);
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) ? zone : null;
    }

    private static bool TryDigits(ref ReadOnlySpan<byte> text, int count, out int value)
    {
        value = 0;
        if (text.Length < count) return false;
        for (int i = 0; i < count; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + (text[i] - '0');
        }

        text = text[count..];
        return true;
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> text, byte value)
    {
        if (text.Length == 0 || text[0] != value) return false;
        text = text[1..];
        return true;
    }
}
