using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace LogPipeline.Formats;

/// <summary>Turns the inside of a JSON string into the UTF-8 that it stands for, in place: no escape is shorter than what it stands for.</summary>
public static class JsonUnescaper
{
    /// <summary>Bytes unescaped at once, beside the text, before they are put in their place.</summary>
    private const int PieceBytes = 1024;

    /// <summary>Bytes looked at in one step.</summary>
    private const int BlockBytes = 32;

    /// <summary>Bytes behind the first of a step that it may read and write.</summary>
    private const int Overshoot = 2 * BlockBytes;

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
        byte kind = value[read + 1];
        if (kind == 'u') return UnescapeUnit(value, ref read, destination);
        read += 2;
        destination[0] = kind switch
        {
            (byte)'b' => (byte)'\b',
            (byte)'f' => (byte)'\f',
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            _ => kind, // quote, backslash, slash
        };
        return 1;
    }

    private static int UnescapeUnit(ReadOnlySpan<byte> value, ref int read, Span<byte> destination)
    {
        char unit = CodeUnit(value.Slice(read + 2, 4));
        read += 6;
        if (!Rune.TryCreate(unit, out Rune rune))
        {
            rune = Rune.ReplacementChar;
            if (char.IsHighSurrogate(unit) && value[read..].StartsWith("\\u"u8)
                && Rune.TryCreate(unit, CodeUnit(value.Slice(read + 2, 4)), out Rune pair))
            {
                rune = pair;
                read += 6;
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
}
