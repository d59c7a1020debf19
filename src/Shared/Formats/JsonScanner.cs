using System.Buffers;
using System.Diagnostics;

namespace LogPipeline.Formats;

/// <summary>
/// Finds the ends of JSON values (RFC 8259) in a line that may be anything: never throws, allocates nothing, reads nothing outside.
/// A value that is skipped is valid but for the encoding of its strings: bytes that are not UTF-8 pass, as do lone surrogate escapes.
/// Positions are indices into the text; after a failure they mean nothing.
/// </summary>
public static class JsonScanner
{
    /// <summary>Containers inside one another that <see cref="TrySkipValue"/> follows; with the line's own object, 64.</summary>
    public const int MaxDepth = 63;

    private static readonly SearchValues<byte> s_stringSpecials = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (byte)c), (byte)'"', (byte)'\\']);

    /// <summary>Steps over blanks, if any; true when text is left.</summary>
    public static bool SkipBlanks(ReadOnlySpan<byte> json, ref int position)
    {
        while ((uint)position < (uint)json.Length)
        {
            if (json[position] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')) return true;
            position++;
        }

        return false;
    }

    /// <summary>
    /// Steps over the string whose opening quote is at <paramref name="position"/>; <paramref name="firstEscape"/> is where its first
    /// backslash is, or -1.
    /// </summary>
    public static bool TrySkipString(ReadOnlySpan<byte> json, ref int position, out int firstEscape)
    {
        firstEscape = -1;
        int i = position + 1;
        while ((uint)i < (uint)json.Length)
        {
            int run = json[i..].IndexOfAny(s_stringSpecials);
            if (run < 0) return false;
            i += run;
            if (json[i] == '"')
            {
                position = i + 1;
                return true;
            }

            int escape = EscapeLength(json[i..]);
            if (escape == 0) return false;
            if (firstEscape < 0) firstEscape = i;
            i += escape;
        }

        return false;
    }

    /// <summary>Steps over a member's name and its colon; <paramref name="name"/> is what stands between the quotes, escapes as they are.</summary>
    public static bool TrySkipName(ReadOnlySpan<byte> json, ref int position, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!SkipBlanks(json, ref position) || json[position] != '"') return false;
        int start = position + 1;
        if (!TrySkipString(json, ref position, out _)) return false;
        name = json[start..(position - 1)];
        if (!SkipBlanks(json, ref position) || json[position] != ':') return false;
        position++;
        return SkipBlanks(json, ref position);
    }

    /// <summary>Steps over the value that begins at <paramref name="position"/>, blanks before it allowed.</summary>
    public static bool TrySkipValue(ReadOnlySpan<byte> json, ref int position)
    {
        ulong objects = 0; // one bit per open container, the innermost lowest: 1 an object, 0 an array
        int depth = 0;
        while (SkipBlanks(json, ref position))
        {
            byte first = json[position];
            if (first is (byte)'{' or (byte)'[')
            {
                if (depth++ == MaxDepth) return false;
                bool isObject = first == '{';
                objects = (objects << 1) | (isObject ? 1u : 0u);
                position++;
                if (!SkipBlanks(json, ref position)) return false;
                if (json[position] != (isObject ? '}' : ']'))
                {
                    if (isObject && !TrySkipName(json, ref position, out _)) return false;
                    continue;
                }
            }
            else if (!TrySkipScalar(json, ref position)) return false;

            // A value is complete, or a container is empty and open: close what closes here.
            bool more = false;
            while (depth > 0 && !more)
            {
                if (!SkipBlanks(json, ref position)) return false;
                bool inObject = (objects & 1) != 0;
                byte next = json[position++];
                more = next == ',';
                if (!more)
                {
                    if (next != (inObject ? '}' : ']')) return false;
                    objects >>= 1;
                    depth--;
                }
                else if (inObject && !TrySkipName(json, ref position, out _)) return false;
            }

            if (depth == 0) return true;
        }

        return false;
    }

    /// <summary>Length of the escape sequence that <paramref name="text"/> begins with; 0 when it begins with none.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[0] != '\\') return 0;
        return text[1] switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => 2,
            (byte)'u' when text.Length >= 6 && char.IsAsciiHexDigit((char)text[2]) && char.IsAsciiHexDigit((char)text[3])
                && char.IsAsciiHexDigit((char)text[4]) && char.IsAsciiHexDigit((char)text[5]) => 6,
            _ => 0,
        };
    }

    private static bool TrySkipScalar(ReadOnlySpan<byte> json, ref int position)
    {
        Debug.Assert(position < json.Length, "The caller has found a byte there.");
        ReadOnlySpan<byte> rest = json[position..];
        switch (rest[0])
        {
            case (byte)'"':
                return TrySkipString(json, ref position, out _);
            case (byte)'t':
                position += 4;
                return rest.StartsWith("true"u8);
            case (byte)'f':
                position += 5;
                return rest.StartsWith("false"u8);
            case (byte)'n':
                position += 4;
                return rest.StartsWith("null"u8);
            default:
                int length = NumberLength(rest);
                position += length;
                return length > 0;
        }
    }

    /// <summary>Length of the number that <paramref name="text"/> begins with; 0 when it begins with none.</summary>
    private static int NumberLength(ReadOnlySpan<byte> text)
    {
        int start = text[0] == '-' ? 1 : 0;
        int end = start + DigitCount(text[start..]);
        if (end == start || (end > start + 1 && text[start] == '0')) return 0;
        if (end < text.Length && text[end] == '.')
        {
            int digits = DigitCount(text[(end + 1)..]);
            if (digits == 0) return 0;
            end += 1 + digits;
        }

        if (end < text.Length && text[end] is (byte)'e' or (byte)'E')
        {
            int exponent = end + 1;
            if (exponent < text.Length && text[exponent] is (byte)'+' or (byte)'-') exponent++;
            int digits = DigitCount(text[exponent..]);
            if (digits == 0) return 0;
            end = exponent + digits;
        }

        return end;
    }

    private static int DigitCount(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length < 0 ? text.Length : length;
    }
}
