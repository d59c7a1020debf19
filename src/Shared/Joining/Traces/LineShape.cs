using System.Buffers;

namespace LogPipeline.Joining.Traces;

/// <summary>Shapes of lines that several languages share. Pure; any bytes.</summary>
internal static class LineShape
{
    private static readonly SearchValues<byte> s_typeName = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$.+`"u8);
    private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789"u8), s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<byte> s_closers = SearchValues.Create("}])>,; \t"u8);

    /// <summary>Longest name of a type or a function that is looked at.</summary>
    private const int MaxNameLength = 512;

    public static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    public static bool IsDigit(byte value) => (uint)(value - '0') <= 9;

    /// <summary>
    /// A line that heads an exception: <c>package.Type</c> alone or followed by a colon, its last part in upper case
    /// (<c>java.lang.IllegalStateException: message</c>, <c>System.Net.Http.HttpRequestException</c>); before the colon there may be a number, as .NET writes those of the
    /// system and of COM (<c>System.Net.Sockets.SocketException (111): Connection refused</c>, <c>… (0x80004005): …</c>).
    /// </summary>
    public static bool IsTypeHeader(ReadOnlySpan<byte> line)
    {
        int length = line.IndexOfAnyExcept(s_typeName);
        if (length < 0) length = line.Length;
        else
        {
            int colon = length + NumberLength(line[length..]);
            if (colon == line.Length || line[colon] != ':' || (colon + 1 < line.Length && line[colon + 1] != ' ')) return false;
        }
        if (length > MaxNameLength) return false;
        int dot = line[..length].LastIndexOf((byte)'.');
        return dot > 0 && dot + 1 < length && line[dot + 1] is >= (byte)'A' and <= (byte)'Z';
    }

    /// <summary>Length of a leading <c> (number)</c>, decimal or <c>0x</c> and hexadecimal; 0 when there is none.</summary>
    private static int NumberLength(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(" ("u8)) return 0;
        ReadOnlySpan<byte> digits = text[2..];
        bool isHex = digits.StartsWith("0x"u8);
        if (isHex) digits = digits[2..];
        int count = digits.IndexOfAnyExcept(isHex ? s_hexDigits : s_digits);
        return count is > 0 and <= 16 && digits[count] == ')' ? text.Length - digits.Length + count + 1 : 0;
    }

    /// <summary>A dotted name without blanks and nothing else (<c>main.main</c>, <c>github.com/a/b.(*T).Do</c>).</summary>
    public static bool IsNameOnly(ReadOnlySpan<byte> line) =>
        line.Length <= MaxNameLength && !line.ContainsAny((byte)' ', (byte)'\t') && line.Contains((byte)'.');

    /// <summary>Only closing brackets and separators: the end of a printed object.</summary>
    public static bool IsCloser(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(s_closers) < 0;

    /// <summary>
    /// What is left of an indented line begins like a log line's own time (<c>2026-11-20</c>, <c>2026/11/20</c>, <c>9:15:02</c>):
    /// a program that right-aligns its lines, not a continuation.
    /// </summary>
    public static bool BeginsWithTime(ReadOnlySpan<byte> text)
    {
        int digits = 0;
        while (digits < text.Length && digits < 5 && IsDigit(text[digits])) digits++;
        if (digits + 3 > text.Length) return false;
        byte separator = text[digits];
        bool date = digits == 4 && separator is (byte)'-' or (byte)'/';
        bool time = digits is 1 or 2 && separator == ':';
        return (date || time) && IsDigit(text[digits + 1]) && IsDigit(text[digits + 2])
            && digits + 3 < text.Length && text[digits + 3] == separator;
    }

    /// <summary>
    /// Length of a leading <c>path:number</c> (the path without blanks, the number in digits); 0 when there is none. The first colon
    /// that digits follow counts.
    /// </summary>
    public static int PlaceLength(ReadOnlySpan<byte> line)
    {
        for (int at = 0; at < line.Length && at < MaxNameLength; at++)
        {
            byte value = line[at];
            if (IsBlank(value)) return 0;
            if (value != ':' || at == 0 || at + 1 == line.Length || !IsDigit(line[at + 1])) continue;
            int end = at + 2;
            while (end < line.Length && IsDigit(line[end])) end++;
            return end;
        }

        return 0;
    }
}
