using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

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
        int end = StringEnd(json, position + 1, out firstEscape);
        if (end < 0) return false;
        position = end + 1;
        return true;
    }

    /// <summary>
    /// Where the closing quote of the string is whose inside begins at <paramref name="start"/>; -1 when it has none, a control character, or an escape
    /// that JSON does not know. <paramref name="firstEscape"/> is where its first backslash is, or -1.
    /// </summary>
    public static int StringEnd(ReadOnlySpan<byte> json, int start, out int firstEscape)
    {
        uint high = 0;
        return StringEnd(json, start, out firstEscape, ref high);
    }

    /// <summary>The same; <paramref name="high"/> becomes other than 0 when the string, or a byte close behind it, has the high bit set: where it stays 0, the string is ASCII.</summary>
    internal static int StringEnd(ReadOnlySpan<byte> json, int start, out int firstEscape, ref uint high)
    {
        firstEscape = -1;
        int i = start;
        while (json.Length - i >= Vector256<byte>.Count)
        {
            // One look at 32 bytes finds all that is special in them; what belongs to an escape is passed over.
            Vector256<byte> block = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)i);
            high |= block.ExtractMostSignificantBits();
            uint specials = Specials(block);
            int taken = Vector256<byte>.Count;
            while (specials != 0)
            {
                int at = BitOperations.TrailingZeroCount(specials);
                if (json[i + at] == '"') return i + at;
                int escape = EscapeLength(json, i + at);
                if (escape == 0) return -1;
                if (firstEscape < 0) firstEscape = i + at;
                taken = Math.Max(taken, at + escape);
                if (at + escape >= Vector256<byte>.Count) break;
                specials &= uint.MaxValue << (at + escape);
            }

            i += taken;
        }

        if (i < json.Length && !Ascii.IsValid(json[i..])) high = 1;
        return ShortStringEnd(json, i, ref firstEscape);
    }

    /// <summary>A bit for each byte that ends a run of a string's text: quotes, backslashes, control characters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint Specials(Vector256<byte> block) =>
        (Vector256.LessThan(block, Vector256.Create((byte)0x20)) | Vector256.Equals(block, Vector256.Create((byte)'"')) | Vector256.Equals(block, Vector256.Create((byte)'\\'))).ExtractMostSignificantBits();

    internal static bool IsFourHexDigits(ReadOnlySpan<byte> text) =>
        text.Length >= 4 && char.IsAsciiHexDigit((char)text[0]) && char.IsAsciiHexDigit((char)text[1])
            && char.IsAsciiHexDigit((char)text[2]) && char.IsAsciiHexDigit((char)text[3]);

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

    private static int ShortStringEnd(ReadOnlySpan<byte> json, int i, ref int firstEscape)
    {
        while ((uint)i < (uint)json.Length)
        {
            int run = json[i..].IndexOfAny(s_stringSpecials);
            if (run < 0) return -1;
            i += run;
            if (json[i] == '"') return i;
            int escape = EscapeLength(json, i);
            if (escape == 0) return -1;
            if (firstEscape < 0) firstEscape = i;
            i += escape;
        }

        return -1;
    }

    /// <summary>Length of the escape sequence at a place in the text; 0 when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EscapeLength(ReadOnlySpan<byte> json, int at)
    {
        if (at + 1 >= json.Length || json[at] != '\\') return 0;
        byte kind = json[at + 1];
        return kind is (byte)'"' or (byte)'\\' or (byte)'n' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'r' or (byte)'t' ? 2
            : kind == 'u' && IsFourHexDigits(json[(at + 2)..]) ? 6 : 0;
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
