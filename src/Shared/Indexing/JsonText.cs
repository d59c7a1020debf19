using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace LogPipeline.Indexing;

/// <summary>Writes any bytes as the inside of a JSON string.</summary>
public static class JsonText
{
    // What JSON wants escaped: the quotation mark, the backslash and the 32 control characters (RFC 8259, section 7).
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    /// <summary>Appends text without its quotation marks. Bytes that are not UTF-8 become U+FFFD; false when there were any.</summary>
    public static bool Append(BulkBody body, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
        {
            AppendValid(body, text);
            return true;
        }
        AppendReplacing(body, text);
        return false;
    }

    private static void AppendValid(BulkBody body, ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int plain = text.IndexOfAny(Escaped);
            if (plain < 0)
            {
                text.CopyTo(body.GetSpan(text.Length));
                body.Advance(text.Length);
                return;
            }
            Span<byte> destination = body.GetSpan(plain + 6);
            text[..plain].CopyTo(destination);
            body.Advance(plain + Escape(text[plain], destination[plain..]));
            text = text[(plain + 1)..];
        }
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

    /// <summary>Writes one escape of at most 6 bytes; how many.</summary>
    private static int Escape(byte value, Span<byte> destination)
    {
        byte letter = value switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\n' => (byte)'n',
            (byte)'\t' => (byte)'t',
            (byte)'\r' => (byte)'r',
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            _ => 0,
        };
        destination[0] = (byte)'\\';
        if (letter != 0)
        {
            destination[1] = letter;
            return 2;
        }
        "u00"u8.CopyTo(destination[1..]);
        destination[4] = HexDigit(value >> 4);
        destination[5] = HexDigit(value & 0xf);
        return 6;
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
