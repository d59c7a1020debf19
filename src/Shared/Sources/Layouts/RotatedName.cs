using System.Diagnostics.CodeAnalysis;

namespace LogPipeline.Sources.Layouts;

/// <summary>
/// The names that log files get by rotation:
/// <code>
/// rotated   = ( live "." number / live sep stamp / base sep stamp extension ) [".gz"]    live = base extension in the third form
/// number    = 1*4DIGIT                        logrotate, docker, Python: x.log.1; the higher the older
/// stamp     = date *( ["-" / "_" / "T" / "." / ":"] 1*DIGIT ) ["Z"]
/// date      = year ["-"] month ["-"] day      kubelet: 0.log.20261120-155410; logrotate: x.log-20261120, x-20261120.log; log4j: x.log.2026-11-20
/// sep       = "." / "-" / "_"                 lumberjack: x-2026-11-20T15-54-10.123.log
/// extension = "." ALPHA *7ALNUM               but no ".tmp" (a rotation under way) and no other compression's
/// </code>
/// Names alone: whether the live file exists, and is read, is the caller's question.
/// </summary>
public static class RotatedName
{
    private const int MostDigitsOfNumber = 4;
    private const int MostDigitsBehindDate = 18;
    private const int MostExtension = 8;

    /// <summary>The name of the live file that a rotated one came from; false when the name is not of such a form.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out string? live, out Rotation rotation)
    {
        bool compressed = name.EndsWith(".gz", StringComparison.Ordinal);
        ReadOnlySpan<char> stem = compressed ? name.AsSpan(0, name.Length - 3) : name;
        return TryStamped(stem, compressed, out live, out rotation) || TryNumbered(stem, compressed, out live, out rotation);
    }

    private static bool TryNumbered(ReadOnlySpan<char> stem, bool compressed, out string? live, out Rotation rotation)
    {
        (live, rotation) = (null, default);
        int dot = stem.LastIndexOf('.');
        ReadOnlySpan<char> digits = dot > 0 ? stem[(dot + 1)..] : default;
        if (digits.Length is 0 or > MostDigitsOfNumber || digits.ContainsAnyExceptInRange('0', '9')) return false;
        live = stem[..dot].ToString();
        rotation = new Rotation(0, Digits(digits), compressed);
        return true;
    }

    private static bool TryStamped(ReadOnlySpan<char> stem, bool compressed, out string? live, out Rotation rotation)
    {
        (live, rotation) = (null, default);
        for (int i = 1; i < stem.Length - 8; i++)
        {
            if (stem[i] is not ('.' or '-' or '_') || !char.IsAsciiDigit(stem[i + 1])) continue;
            int length = StampLength(stem[(i + 1)..], out int date, out ulong number);
            if (length == 0) continue;
            ReadOnlySpan<char> extension = stem[(i + 1 + length)..];
            if (extension.Length > 0 && !IsExtension(extension)) continue;
            live = string.Concat(stem[..i], extension);
            rotation = new Rotation(date, number, compressed);
            return true;
        }

        return false;
    }

    private static bool IsExtension(ReadOnlySpan<char> text)
    {
        if (text.Length is < 2 or > MostExtension + 1 || text[0] != '.' || !char.IsAsciiLetter(text[1])) return false;
        foreach (char c in text[2..])
            if (!char.IsAsciiLetterOrDigit(c)) return false;
        return text is not (".tmp" or ".xz" or ".bz2" or ".zst" or ".lz4" or ".Z");
    }

    /// <summary>The characters of the stamp that <paramref name="text"/> begins with; 0 when it begins with none.</summary>
    private static int StampLength(ReadOnlySpan<char> text, out int date, out ulong number)
    {
        (date, number) = (0, 0);
        int at = 0;
        int year = Take(text, ref at, 4);
        bool dashed = at < text.Length && text[at] == '-';
        int month = TakeAfterDash(text, ref at, dashed);
        int day = TakeAfterDash(text, ref at, dashed);
        if (year is < 1970 or > 2999 || month is < 1 or > 12 || day is < 1 or > 31) return 0;
        date = year * 10_000 + month * 100 + day;

        int digits = 0;
        while (at < text.Length)
        {
            int from = text[at] is '-' or '_' or 'T' or '.' or ':' ? at + 1 : at;
            int end = from;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end == from) break;
            digits += end - from;
            if (digits > MostDigitsBehindDate) return 0;
            foreach (char c in text[from..end]) number = number * 10 + (ulong)(c - '0');
            at = end;
        }

        return at < text.Length && text[at] == 'Z' && digits > 0 ? at + 1 : at;
    }

    private static int TakeAfterDash(ReadOnlySpan<char> text, ref int at, bool dashed)
    {
        if (!dashed) return Take(text, ref at, 2);
        if (at >= text.Length || text[at] != '-') return -1;
        at++;
        return Take(text, ref at, 2);
    }

    private static int Take(ReadOnlySpan<char> text, ref int at, int count)
    {
        if (at + count > text.Length || text.Slice(at, count).ContainsAnyExceptInRange('0', '9')) return -1;
        at += count;
        return (int)Digits(text.Slice(at - count, count));
    }

    private static ulong Digits(ReadOnlySpan<char> digits)
    {
        ulong value = 0;
        foreach (char c in digits) value = value * 10 + (ulong)(c - '0');
        return value;
    }
}
