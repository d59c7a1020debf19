using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace LogPipeline.Indexing;

/// <summary>
/// Writes any bytes as the inside of a JSON string: the quotation mark, the backslash and the 32 control characters are escaped (RFC 8259,
/// section 7). One pass copies, escapes and sees whether there is anything but ASCII.
/// </summary>
public static class JsonText
{
    /// <summary>Bytes taken at once; room for all of them as the longest escapes is made before.</summary>
    private const int PieceBytes = 2048;

    private const int LongestEscape = 6;

    /// <summary>Bytes looked at in one step.</summary>
    private const int BlockBytes = 32;

    /// <summary>Bytes behind the first of a block that a step may read, and write behind what it keeps.</summary>
    private const int Overshoot = 2 * BlockBytes;

    /// <summary>Appends text without its quotation marks. Bytes that are not UTF-8 become U+FFFD; false when there were any.</summary>
    public static bool Append(BulkBody body, ReadOnlySpan<byte> text)
    {
        int done = AppendAscii(body, text);
        if (done == text.Length) return true;
        text = text[done..];
        if (Utf8.IsValid(text))
        {
            AppendValid(body, text);
            return true;
        }
        AppendReplacing(body, text);
        return false;
    }

    /// <summary>Appends up to a block with a byte that is not ASCII; how many bytes were taken.</summary>
    private static int AppendAscii(BulkBody body, ReadOnlySpan<byte> text)
    {
        int done = 0;
        while (done < text.Length)
        {
            ReadOnlySpan<byte> piece = text.Slice(done, Math.Min(text.Length - done, PieceBytes));
            int taken = AppendPiece<AsciiOnly>(body, piece);
            done += taken;
            if (taken < piece.Length) break;
        }
        return done;
    }

    private static void AppendValid(BulkBody body, ReadOnlySpan<byte> text)
    {
        for (int done = 0; done < text.Length; done += PieceBytes) AppendPiece<AnyBytes>(body, text.Slice(done, Math.Min(text.Length - done, PieceBytes)));
    }

    private static void AppendReplacing(BulkBody body, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            int valid = 0;
            while (valid < text.Length && Rune.DecodeFromUtf8(text[valid..], out _, out int consumed) == OperationStatus.Done) valid += consumed;
            AppendValid(body, text[..valid]);
            if (valid == text.Length) return;
            Rune.DecodeFromUtf8(text[valid..], out _, out int invalid);
            "\uFFFD"u8.CopyTo(body.GetSpan(3));
            body.Advance(3);
            text = text[(valid + invalid)..];
        }
    }

    [SkipLocalsInit]
    private static int AppendPiece<TBytes>(BulkBody body, ReadOnlySpan<byte> piece)
        where TBytes : struct
    {
        ref byte destination = ref MemoryMarshal.GetReference(body.GetSpan((piece.Length * LongestEscape) + Overshoot));
        nuint from = 0, to = 0;
        if (piece.Length >= Overshoot && !Copy<TBytes>(ref MemoryMarshal.GetReference(piece), ref from, (nuint)(piece.Length - Overshoot + 1), ref destination, ref to))
        {
            body.Advance((int)to);
            return (int)from;
        }

        // What is left is shorter than a step may read: blanks follow it, which are copied, and not kept.
        ReadOnlySpan<byte> rest = piece[(int)from..];
        Span<byte> padded = stackalloc byte[2 * Overshoot];
        padded.Fill((byte)' ');
        rest.CopyTo(padded);
        nuint end = 0;
        bool whole = Copy<TBytes>(ref MemoryMarshal.GetReference(padded), ref end, (nuint)rest.Length, ref destination, ref to);
        if (whole) to -= end - (nuint)rest.Length;
        body.Advance((int)to);
        return whole ? piece.Length : (int)(from + end);
    }

    /// <summary>
    /// Copies and escapes blocks that begin before <paramref name="limit"/>. False when a block has a byte that is not ASCII and
    /// <typeparamref name="TBytes"/> wants only those: nothing of that block is kept.
    /// </summary>
    /// <param name="source">Readable up to <see cref="Overshoot"/> - 1 bytes behind the limit.</param>
    /// <param name="from">Index in the source; in the end the first byte that was not taken.</param>
    /// <param name="limit">No block begins here or later.</param>
    /// <param name="destination">Writable for <see cref="LongestEscape"/> times what is taken, and <see cref="Overshoot"/> bytes more.</param>
    /// <param name="to">Index in the destination; in the end behind the last byte that is kept.</param>
    /// <typeparam name="TBytes"><see cref="AsciiOnly"/> or <see cref="AnyBytes"/>.</typeparam>
    private static bool Copy<TBytes>(ref byte source, ref nuint from, nuint limit, ref byte destination, ref nuint to)
        where TBytes : struct
    {
        nuint i = from, o = to;
        bool whole = true;
        while (i < limit)
        {
            Vector256<byte> block = Vector256.LoadUnsafe(ref source, i);
            if (typeof(TBytes) == typeof(AsciiOnly) && block.ExtractMostSignificantBits() != 0)
            {
                whole = false;
                break;
            }
            block.StoreUnsafe(ref destination, o);
            ulong special = (Vector256.LessThan(block, Vector256.Create((byte)0x20)) | Vector256.Equals(block, Vector256.Create((byte)'"'))
                | Vector256.Equals(block, Vector256.Create((byte)'\\'))).ExtractMostSignificantBits();
            nuint end = i + BlockBytes;
            while (special != 0)
            {
                // What precedes the special byte is in its place; what follows is copied again behind its escape.
                int plain = BitOperations.TrailingZeroCount(special);
                i += (nuint)plain;
                o += (nuint)plain;
                o += Escape(Unsafe.Add(ref source, i), ref Unsafe.Add(ref destination, o));
                i++;
                Vector256.LoadUnsafe(ref source, i).StoreUnsafe(ref destination, o);
                special >>= plain + 1;
            }
            o += end - i;
            i = end;
        }
        from = i;
        to = o;
        return whole;
    }

    /// <summary>Writes one escape of at most <see cref="LongestEscape"/> bytes; how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Escape(byte value, ref byte destination)
    {
        byte letter = value >= 0x20 ? value : ControlLetters[value];
        if (letter == 0) return EscapeAsNumber(value, ref destination);
        destination = (byte)'\\';
        Unsafe.Add(ref destination, 1) = letter;
        return 2;
    }

    private static nuint EscapeAsNumber(byte value, ref byte destination)
    {
        Span<byte> escape = MemoryMarshal.CreateSpan(ref destination, LongestEscape);
        "\\u00"u8.CopyTo(escape);
        escape[4] = HexDigit(value >> 4);
        escape[5] = HexDigit(value & 0xf);
        return LongestEscape;
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    // The letter behind the backslash of each control character; 0 where there is none.
    private static ReadOnlySpan<byte> ControlLetters => "\0\0\0\0\0\0\0\0btn\0fr\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"u8;

    private readonly struct AsciiOnly;

    private readonly struct AnyBytes;
}
