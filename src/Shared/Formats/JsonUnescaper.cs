using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace LogPipeline.Formats;

/// <summary>Turns the inside of a JSON string into the UTF-8 that it stands for, in its place or beside it: no escape is shorter than what it stands for.</summary>
public static class JsonUnescaper
{
    /// <summary>Bytes unescaped at once, beside the text, before they are put in their place.</summary>
    private const int PieceBytes = 1024;

    /// <summary>Bytes of a backslash, a u and four digits.</summary>
    private const int UnitLength = 6;

    /// <summary>Bytes looked at in one step.</summary>
    private const int BlockBytes = 32;

    /// <summary>Bytes behind the first of a step that it may read and write.</summary>
    public const int Overshoot = 2 * BlockBytes;

    // What the letter behind a backslash stands for, alone; 0 for u and for what is no escape.
    private static readonly byte[] s_letters = Letters();

    /// <summary>
    /// Rewrites <paramref name="value"/> (what stands between the quotes, checked by <see cref="JsonScanner.TrySkipString"/>) and
    /// returns how many bytes it has become; what lies behind them is left over. <paramref name="firstEscape"/> is where its first
    /// backslash is. A surrogate without its other half becomes U+FFFD; bytes that are not UTF-8 stay as they are.
    /// </summary>
    [SkipLocalsInit]
    public static int UnescapeInPlace(Span<byte> value, int firstEscape)
    {
        Span<byte> piece = stackalloc byte[PieceBytes + (2 * Overshoot)];
        int read = firstEscape;
        int written = firstEscape;
        while (value.Length - read >= Overshoot)
        {
            int limit = Math.Min(read + PieceBytes, value.Length - Overshoot + 1);
            int length = Unescape(value, ref read, limit, piece);
            piece[..length].CopyTo(value[written..]);
            written += length;
        }

        // What is left is shorter than a step may read: blanks follow it, which are copied, and not kept.
        Span<byte> padded = stackalloc byte[2 * Overshoot];
        padded.Fill((byte)' ');
        ReadOnlySpan<byte> rest = value[read..];
        rest.CopyTo(padded);
        int end = 0;
        int kept = Unescape(padded, ref end, rest.Length, piece) - (end - rest.Length);
        piece[..kept].CopyTo(value[written..]);
        return written + kept;
    }

    /// <summary>
    /// Finds the end of the string whose inside begins at <paramref name="start"/> and copies what it stands for, in one pass. False, with nothing said, when it is no JSON string, has half a
    /// surrogate pair or both, ends less than <see cref="Overshoot"/> bytes before the end of <paramref name="json"/>, or may need more than <paramref name="destination"/> has.
    /// </summary>
    /// <param name="json">Where the string is.</param>
    /// <param name="start">Behind its opening quote.</param>
    /// <param name="destination">The last <see cref="Overshoot"/> bytes of it are written to, and not used.</param>
    /// <param name="end">Where its closing quote is.</param>
    /// <param name="written">Bytes at the beginning of <paramref name="destination"/>.</param>
    public static bool TryCopy(ReadOnlySpan<byte> json, int start, Span<byte> destination, out int end, out int written)
    {
        ref byte from = ref MemoryMarshal.GetReference(json);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        int limit = Math.Min(json.Length, start + destination.Length) - Overshoot;
        int i = start, o = 0;
        while (i <= limit)
        {
            Vector256<byte> block = Vector256.LoadUnsafe(ref from, (nuint)i);
            block.StoreUnsafe(ref to, (nuint)o);
            ulong specials = JsonScanner.Specials(block);
            int blockEnd = i + BlockBytes;
            while (specials != 0)
            {
                int plain = BitOperations.TrailingZeroCount(specials);
                i += plain;
                o += plain;
                byte special = Unsafe.Add(ref from, i);
                if (special == '"')
                {
                    (end, written) = (i, o);
                    return true;
                }

                if (special != '\\') break;
                int length = 2;
                byte letter = s_letters[Unsafe.Add(ref from, i + 1)];
                if (letter != 0) Unsafe.Add(ref to, o++) = letter;
                else if (!TryCopyUnit(json[i..], destination, ref o)) break;
                else length = UnitLength;
                i += length;
                if (i >= blockEnd) break;
                // What precedes the escape is in its place; what follows is copied again behind what the escape stands for.
                Vector256.LoadUnsafe(ref from, (nuint)i).StoreUnsafe(ref to, (nuint)o);
                specials >>= plain + length;
            }

            if (specials != 0 && i < blockEnd) break;
            if (i >= blockEnd) continue;
            o += blockEnd - i;
            i = blockEnd;
        }

        (end, written) = (0, 0);
        return false;
    }

    /// <summary>
    /// Copies what begins before <paramref name="limit"/> and replaces its escapes; how many bytes were written. <paramref name="source"/> can be read
    /// for <see cref="Overshoot"/> - 1 bytes behind the limit; <paramref name="destination"/> has <see cref="Overshoot"/> more than what is taken.
    /// </summary>
    private static int Unescape(ReadOnlySpan<byte> source, ref int read, int limit, Span<byte> destination)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        int i = read, o = 0;
        while (i < limit)
        {
            Vector256<byte> block = Vector256.LoadUnsafe(ref from, (nuint)i);
            block.StoreUnsafe(ref to, (nuint)o);
            ulong escapes = Vector256.Equals(block, Vector256.Create((byte)'\\')).ExtractMostSignificantBits();
            int end = i + BlockBytes;
            while (escapes != 0)
            {
                // What precedes the escape is in its place; what follows is copied again behind what the escape stands for.
                int plain = BitOperations.TrailingZeroCount(escapes);
                i += plain;
                o += plain;
                int before = i;
                o += Unescape(source, ref i, destination[o..]);
                if (i >= end) break;
                Vector256.LoadUnsafe(ref from, (nuint)i).StoreUnsafe(ref to, (nuint)o);
                escapes >>= plain + i - before;
            }

            if (i >= end) continue;
            o += end - i;
            i = end;
        }

        read = i;
        return o;
    }

    /// <summary>Writes what the escape at <paramref name="read"/> stands for and steps behind it; how many bytes were written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Unescape(ReadOnlySpan<byte> value, ref int read, Span<byte> destination)
    {
        byte letter = s_letters[value[read + 1]];
        if (letter == 0) return UnescapeUnit(value, ref read, destination);
        read += 2;
        destination[0] = letter;
        return 1;
    }

    /// <summary>Writes what an escape of four digits stands for; false when it is none, or a surrogate.</summary>
    private static bool TryCopyUnit(ReadOnlySpan<byte> escape, Span<byte> destination, ref int written)
    {
        if (escape[1] != 'u' || !JsonScanner.IsFourHexDigits(escape[2..]) || !Rune.TryCreate(CodeUnit(escape.Slice(2, 4)), out Rune rune)) return false;
        written += rune.EncodeToUtf8(destination[written..]);
        return true;
    }

    private static int UnescapeUnit(ReadOnlySpan<byte> value, ref int read, Span<byte> destination)
    {
        char unit = CodeUnit(value.Slice(read + 2, 4));
        read += UnitLength;
        if (!Rune.TryCreate(unit, out Rune rune))
        {
            rune = Rune.ReplacementChar;
            if (char.IsHighSurrogate(unit) && value[read..].StartsWith("\\u"u8)
                && Rune.TryCreate(unit, CodeUnit(value.Slice(read + 2, 4)), out Rune pair))
            {
                rune = pair;
                read += UnitLength;
            }
        }

        return rune.EncodeToUtf8(destination);
    }

    private static char CodeUnit(ReadOnlySpan<byte> hex)
    {
        Debug.Assert(hex.Length == 4, "An escape that was checked has four digits.");
        int unit = 0;
        foreach (byte digit in hex) unit = (unit << 4) | HexValue(digit);
        return (char)unit;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static byte[] Letters()
    {
        var letters = new byte[256];
        foreach (byte itself in "\"\\/"u8) letters[itself] = itself;
        (letters['b'], letters['f'], letters['n'], letters['r'], letters['t']) = ((byte)'\b', (byte)'\f', (byte)'\n', (byte)'\r', (byte)'\t');
        return letters;
    }
}
