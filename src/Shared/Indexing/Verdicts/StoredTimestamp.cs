using System.Buffers.Text;
using System.Globalization;

namespace LogPipeline.Indexing.Verdicts;

/// <summary>
/// The form of <c>@timestamp</c> in stored documents: <c>yyyy-MM-ddTHH:mm:ss[.f{1,9}]Z</c>, UTC. Documents carry nine fraction digits;
/// fewer are read.
/// </summary>
public static class StoredTimestamp
{
    /// <summary>Nanoseconds since the Unix epoch. False for any other form, and outside the years that 64 bits of nanoseconds span (1678 to 2261).</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long nanos)
    {
        nanos = 0;
        if (text.Length is < 20 or > 30 || text[^1] != 'Z' || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return false;
        if (!TryNumber(text[..4], out int year) || !TryNumber(text[5..7], out int month) || !TryNumber(text[8..10], out int day)
            || !TryNumber(text[11..13], out int hour) || !TryNumber(text[14..16], out int minute) || !TryNumber(text[17..19], out int second)) return false;
        if (year is < 1678 or > 2261 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        long fraction = 0;
        if (text.Length > 20)
        {
            ReadOnlySpan<byte> digits = text[20..^1];
            if (text[19] != '.' || digits.IsEmpty || !TryNumber(digits, out int value)) return false;
            fraction = value;
            for (int i = digits.Length; i < 9; i++) fraction *= 10;
        }

        long seconds = (new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        nanos = (seconds * 1_000_000_000) + fraction;
        return true;
    }

    /// <summary>The text with nine fraction digits.</summary>
    public static string Format(long nanos)
    {
        (long seconds, long fraction) = Math.DivRem(nanos, 1_000_000_000);
        if (fraction < 0) (seconds, fraction) = (seconds - 1, fraction + 1_000_000_000);
        DateTime time = DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond);
        return string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd'T'HH:mm:ss}.{fraction:D9}Z");
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int value) =>
        Utf8Parser.TryParse(digits, out value, out int read) && read == digits.Length && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
