using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LogPipeline.Formats;

/// <summary>
/// Timestamps as container runtimes write them (Go's <c>time.RFC3339Nano</c>, https://www.rfc-editor.org/rfc/rfc3339#section-5.6):
/// <code>
/// timestamp = date "T" time zone          upper case T and Z only, as Go writes them
/// date      = yyyy "-" MM "-" dd          1678..2261, so that every instant fits nanoseconds in a long
/// time      = HH ":" mm ":" ss [ "." 1*9digit ]
/// zone      = "Z" | ( "+" | "-" ) HH ":" mm
/// </code>
/// A leap second (<c>:60</c>, in any minute, as the zone may shift it) is the last nanosecond of the minute before it:
/// the epoch has no place for it, and a line is not refused for its time.
/// </summary>
public static class Rfc3339Nano
{
    /// <summary>Bytes that <see cref="Write"/> writes.</summary>
    public const int WrittenLength = 30;

    /// <summary>Bytes before the fraction's digits in what <see cref="Write"/> writes.</summary>
    internal const int FractionStart = 20;

    internal const long NanosPerSecond = 1_000_000_000;
    private const int SecondsPerDay = 86_400;
    private const int MinYear = 1678;
    private const int MaxYear = 2261;

    /// <summary>Bytes of <c>yyyy-MM-ddTHH:mm:ss</c>.</summary>
    private const int SecondsLength = 19;

    private static ReadOnlySpan<int> PowersOfTen => [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

    private static ReadOnlySpan<byte> DaysInMonth => [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

    /// <summary>
    /// Reads the timestamp that <paramref name="text"/> begins with; <paramref name="consumed"/> is its length in bytes. False when
    /// it begins with none, or with one that is out of range. Looks at nothing behind the timestamp.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long nanosSinceEpoch, out int consumed)
    {
        nanosSinceEpoch = 0;
        consumed = 0;
        if (text.Length <= SecondsLength || !TryParseMinute(text, out long minutes)) return false;

        uint secondTens = text[17] - (uint)'0';
        uint secondOnes = text[18] - (uint)'0';
        uint second = (secondTens * 10) + secondOnes;
        if (text[16] != ':' || secondTens > 6 || secondOnes > 9 || second > 60) return false;

        int position = SecondsLength;
        long fraction = 0;
        if (text[position] == '.' && !TryParseFraction(text, ref position, out fraction)) return false;
        if (!TryParseZone(text, ref position, out int zoneMinutes)) return false;

        if (second == 60)
        {
            second = 59;
            fraction = NanosPerSecond - 1;
        }

        nanosSinceEpoch = ((((minutes - zoneMinutes) * 60) + second) * NanosPerSecond) + fraction;
        consumed = position;
        return true;
    }

    /// <summary>
    /// Writes <c>yyyy-MM-ddTHH:mm:ss.fffffffffZ</c>, always <see cref="WrittenLength"/> bytes, and returns that number.
    /// <paramref name="destination"/> must have room for them.
    /// </summary>
    public static int Write(long nanos, Span<byte> destination)
    {
        destination = destination[..WrittenLength];
        long seconds = nanos / NanosPerSecond;
        int fraction = (int)(nanos - (seconds * NanosPerSecond));
        if (fraction < 0)
        {
            fraction += (int)NanosPerSecond;
            seconds--;
        }

        // Shifted by whole eras so that everything below is unsigned.
        uint days = (uint)((seconds / SecondsPerDay) + DaysToEpoch);
        int secondOfDay = (int)(seconds % SecondsPerDay);
        if (secondOfDay < 0)
        {
            secondOfDay += SecondsPerDay;
            days--;
        }

        WriteDate(days, destination);
        uint time = (uint)secondOfDay;
        destination[10] = (byte)'T';
        WriteTwoDigits(time / 3600, destination[11..]);
        destination[13] = (byte)':';
        WriteTwoDigits(time / 60 % 60, destination[14..]);
        destination[16] = (byte)':';
        WriteTwoDigits(time % 60, destination[17..]);
        destination[19] = (byte)'.';
        WriteFraction((uint)fraction, destination);
        return WrittenLength;
    }

    /// <summary>Writes the nine digits and the zone of a text whose seconds are written.</summary>
    internal static void WriteFraction(uint nanos, Span<byte> destination)
    {
        uint tens = nanos / 10;
        BinaryPrimitives.WriteUInt64LittleEndian(destination[FractionStart..], DecimalText.Eight(tens));
        destination[28] = (byte)('0' + (nanos - (tens * 10)));
        destination[29] = (byte)'Z';
    }

    // Days from 0000-03-01, where the calendar's 400-year cycle begins, to 1970-01-01 (the algorithms are those of
    // https://howardhinnant.github.io/date_algorithms.html).
    private const int DaysToEpoch = 719_468;
    private const uint DaysPerEra = 146_097;

    /// <summary>Reads <c>yyyy-MM-ddTHH:mm</c> (16 bytes, present) as minutes since the epoch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParseMinute(ReadOnlySpan<byte> text, out long minutes)
    {
        Debug.Assert(text.Length >= 16, "The caller checks.");
        minutes = 0;

        // Digits become 0..9 and separators 0; anything else exceeds its place's bound.
        Vector128<byte> digits = Vector128.Create(text) - Vector128.Create("0000-00-00T00:00"u8);
        Vector128<byte> bounds = Vector128.Create((byte)9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9);
        if (Vector128.GreaterThanAny(digits, bounds)) return false;

        ulong low = digits.AsUInt64()[0];
        ulong high = digits.AsUInt64()[1];
        int year = (int)((Byte(low, 0) * 1000) + (Byte(low, 1) * 100) + (Byte(low, 2) * 10) + Byte(low, 3));
        int month = (int)((Byte(low, 5) * 10) + Byte(low, 6));
        int day = (int)((Byte(high, 0) * 10) + Byte(high, 1));
        int hour = (int)((Byte(high, 3) * 10) + Byte(high, 4));
        int minute = (int)((Byte(high, 6) * 10) + Byte(high, 7));

        if (year is < MinYear or > MaxYear || month is < 1 or > 12 || day < 1 || hour > 23 || minute > 59) return false;
        if (day > 28 && day > LengthOfMonth(year, month)) return false;

        uint shiftedYear = (uint)(month <= 2 ? year - 1 : year);
        uint shiftedMonth = (uint)(month <= 2 ? month + 9 : month - 3);
        uint dayOfYear = (((153 * shiftedMonth) + 2) / 5) + (uint)day - 1;
        uint century = shiftedYear / 100;
        long days = (365 * shiftedYear) + (shiftedYear / 4) - century + (century / 4) + dayOfYear - (long)DaysToEpoch;
        minutes = (days * 1440) + (hour * 60) + minute;
        return true;
    }

    private static uint Byte(ulong value, int index) => (uint)(value >> (index * 8)) & 0xFF;

    private static int LengthOfMonth(int year, int month) =>
        month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : DaysInMonth[month];

    /// <summary>Reads <c>.</c> and 1 to 9 digits as nanoseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParseFraction(ReadOnlySpan<byte> text, ref int position, out long nanos)
    {
        int first = position + 1;
        int end = Math.Min(text.Length, first + 9);
        int i = first;
        uint value = 0;
        if (end - first >= 8 && TryParseEightDigits(text.Slice(first, 8), out value)) i = first + 8;
        for (; i < end; i++)
        {
            uint digit = text[i] - (uint)'0';
            if (digit > 9) break;
            value = (value * 10) + digit;
        }

        int digits = i - first;
        position = i;
        nanos = (long)value * PowersOfTen[9 - digits];
        return digits > 0;
    }

    /// <summary>Eight digits at once: each step adds neighbours into places twice as wide.</summary>
    private static bool TryParseEightDigits(ReadOnlySpan<byte> text, out uint value)
    {
        ulong digits = BinaryPrimitives.ReadUInt64LittleEndian(text) - 0x3030_3030_3030_3030;
        value = 0;
        if (((digits | (digits + 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0) != 0) return false;
        digits = (digits * 10) + (digits >> 8);
        value = (uint)((((digits & 0x0000_00FF_0000_00FF) * 0x000F_4240_0000_0064) +
                        (((digits >> 16) & 0x0000_00FF_0000_00FF) * 0x0000_2710_0000_0001)) >> 32);
        return true;
    }

    /// <summary>Reads <c>Z</c> or a numeric offset, in minutes east of UTC.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryParseZone(ReadOnlySpan<byte> text, ref int position, out int minutes)
    {
        minutes = 0;
        if ((uint)position >= (uint)text.Length) return false;
        byte sign = text[position];
        if (sign != 'Z') return TryParseOffset(text, ref position, sign, out minutes);
        position++;
        return true;
    }

    private static bool TryParseOffset(ReadOnlySpan<byte> text, ref int position, byte sign, out int minutes)
    {
        minutes = 0;
        if (sign is not ((byte)'+' or (byte)'-') || text.Length - position < 6) return false;
        uint hourTens = text[position + 1] - (uint)'0';
        uint hourOnes = text[position + 2] - (uint)'0';
        uint minuteTens = text[position + 4] - (uint)'0';
        uint minuteOnes = text[position + 5] - (uint)'0';
        if (text[position + 3] != ':' || hourTens > 2 || hourOnes > 9 || minuteTens > 5 || minuteOnes > 9) return false;
        uint hours = (hourTens * 10) + hourOnes;
        if (hours > 23) return false;

        int east = (int)((hours * 60) + (minuteTens * 10) + minuteOnes);
        minutes = sign == '-' ? -east : east;
        position += 6;
        return true;
    }

    private static void WriteDate(uint days, Span<byte> destination)
    {
        uint era = days / DaysPerEra;
        uint dayOfEra = days - (era * DaysPerEra);
        uint yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        uint dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        uint shiftedMonth = ((5 * dayOfYear) + 2) / 153;
        uint day = dayOfYear - (((153 * shiftedMonth) + 2) / 5) + 1;
        uint month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        uint year = yearOfEra + (era * 400) + (month <= 2 ? 1u : 0u);

        WriteTwoDigits(year / 100, destination);
        WriteTwoDigits(year % 100, destination[2..]);
        destination[4] = (byte)'-';
        WriteTwoDigits(month, destination[5..]);
        destination[7] = (byte)'-';
        WriteTwoDigits(day, destination[8..]);
    }

    private static void WriteTwoDigits(uint value, Span<byte> destination)
    {
        uint tens = value / 10;
        BinaryPrimitives.WriteUInt16LittleEndian(destination, (ushort)(0x3030 + tens + ((value - (tens * 10)) << 8)));
    }
}
