using System.Globalization;
using System.Text;

namespace LogPipeline.Local.Store.Documents;

/// <summary>The text of JSON strings.</summary>
internal static class JsonText
{
    /// <summary>
    /// Writes what an escaped JSON string stands for as UTF-8 and returns the bytes written; <paramref name="destination"/> is at least
    /// as long as <paramref name="escaped"/>, which suffices. A lone surrogate becomes U+FFFD.
    /// </summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> destination)
    {
        int written = 0;
        while (true)
        {
            int backslash = escaped.IndexOf((byte)'\\');
            if (backslash < 0 || backslash + 1 >= escaped.Length)
            {
                escaped.CopyTo(destination[written..]);
                return written + escaped.Length;
            }

            escaped[..backslash].CopyTo(destination[written..]);
            written += backslash;
            byte code = escaped[backslash + 1];
            escaped = escaped[(backslash + 2)..];
            if (code == (byte)'u')
            {
                written += UnescapeUnicode(ref escaped).EncodeToUtf8(destination[written..]);
                continue;
            }

            destination[written++] = code switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'t' => (byte)'\t',
                (byte)'r' => (byte)'\r',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                _ => code,
            };
        }
    }

    /// <summary>The text of a string value, unescaped.</summary>
    public static string ToString(ReadOnlySpan<byte> value, bool isEscaped)
    {
        if (!isEscaped) return Encoding.UTF8.GetString(value);
        byte[] plain = new byte[value.Length];
        return Encoding.UTF8.GetString(plain, 0, Unescape(value, plain));
    }

    private static Rune UnescapeUnicode(ref ReadOnlySpan<byte> rest)
    {
        char first = ReadUnit(ref rest);
        if (!char.IsSurrogate(first)) return new Rune(first);
        if (char.IsHighSurrogate(first) && rest.StartsWith("\\u"u8))
        {
            ReadOnlySpan<byte> ahead = rest[2..];
            char second = ReadUnit(ref ahead);
            if (Rune.TryCreate(first, second, out Rune rune))
            {
                rest = ahead;
                return rune;
            }
        }

        return Rune.ReplacementChar;
    }

    private static char ReadUnit(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 4 || !ushort.TryParse(rest[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit)) return '\uFFFD';
        rest = rest[4..];
        return (char)unit;
    }
}
