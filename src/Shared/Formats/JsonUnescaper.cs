using System.Diagnostics;
using System.Text;

namespace LogPipeline.Formats;

/// <summary>Turns the inside of a JSON string into the UTF-8 that it stands for, in place: no escape is shorter than what it stands for.</summary>
public static class JsonUnescaper
{
    /// <summary>
    /// Rewrites <paramref name="value"/> (what stands between the quotes, checked by <see cref="JsonScanner.TrySkipString"/>) and
    /// returns how many bytes it has become; what lies behind them is left over. <paramref name="firstEscape"/> is where its first
    /// backslash is. A surrogate without its other half becomes U+FFFD; bytes that are not UTF-8 stay as they are.
    /// </summary>
    public static int UnescapeInPlace(Span<byte> value, int firstEscape)
    {
        int read = firstEscape;
        int written = firstEscape;
        while (read < value.Length)
        {
            if (value[read] == '\\')
            {
                written += Unescape(value, ref read, written);
                continue;
            }

            int run = value[read..].IndexOf((byte)'\\');
            if (run < 0) run = value.Length - read;
            value.Slice(read, run).CopyTo(value[written..]);
            read += run;
            written += run;
        }

        return written;
    }

    private static int Unescape(Span<byte> value, ref int read, int written)
    {
        byte kind = value[read + 1];
        if (kind != 'u')
        {
            read += 2;
            value[written] = kind switch
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

        return rune.EncodeToUtf8(value[written..]);
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
