using System.Globalization;

namespace LogPipeline.Local.Search.Queries;

/// <summary>Instants as nanoseconds since the Unix epoch, as <c>date_nanos</c> keeps them (1970 to 2262), and their text.</summary>
public static class NanoTime
{
    public const long NanosPerMillisecond = 1_000_000;
    public const long NanosPerSecond = 1_000_000_000;

    /// <summary>RFC 3339 with 0-9 fraction digits and <c>Z</c> or an offset. <c>false</c>: another form, or outside of what 64 bits hold.</summary>
    public static bool TryParse(string text, out long nanos)
    {
        nanos = 0;
        string whole = text;
        long fraction = 0;
        int dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            int end = dot + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            int digits = end - dot - 1;
            if (digits is 0 or > 9)
            {
                return false;
            }

            fraction = long.Parse(text.AsSpan(dot + 1, digits).ToString().PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
            whole = string.Concat(text.AsSpan(0, dot), text.AsSpan(end));
        }

        if (!DateTimeOffset.TryParseExact(whole, "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset instant))
        {
            return false;
        }

        long seconds = instant.ToUnixTimeSeconds();
        if (seconds < 0 || seconds >= long.MaxValue / NanosPerSecond)
        {
            return false;
        }

        nanos = (seconds * NanosPerSecond) + fraction;
        return true;
    }

    /// <summary>RFC 3339 in UTC with nine fraction digits. <paramref name="nanos"/> is not negative.</summary>
    public static string Format(long nanos)
    {
        DateTime second = DateTime.UnixEpoch.AddSeconds(nanos / NanosPerSecond);
        return string.Create(CultureInfo.InvariantCulture, $"{second:yyyy-MM-dd'T'HH:mm:ss}.{nanos % NanosPerSecond:D9}Z");
    }

    public static long FromInstant(DateTimeOffset instant) => (instant - DateTimeOffset.UnixEpoch).Ticks * 100;
}
