using System.Buffers;

namespace LogPipeline.Parsing.Json;

/// <summary>Keys of JSON objects, as stores take them.</summary>
internal static class JsonKey
{
    private static readonly SearchValues<byte> s_suspect = SearchValues.Create([(byte)'.', (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n', 0]);

    /// <summary>
    /// False for a key that a store refuses: one that is empty, or has an empty or blank part between its dots (OpenSearch and
    /// Elasticsearch split names there), or a NUL (Elasticsearch's own separator in <c>flattened</c>).
    /// </summary>
    public static bool IsStorable(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty) return false;
        if (!key.ContainsAny(s_suspect)) return true;
        if (key.Contains((byte)0)) return false;
        while (true)
        {
            int dot = key.IndexOf((byte)'.');
            ReadOnlySpan<byte> part = dot < 0 ? key : key[..dot];
            if (part.Trim(" \t\r\n"u8).IsEmpty) return false;
            if (dot < 0) return true;
            key = key[(dot + 1)..];
        }
    }

    /// <summary>Writes what a key with well-formed escapes means and returns its length (never more than the key's). Lone surrogates become three bytes each.</summary>
    public static int Unescape(ReadOnlySpan<byte> key, Span<byte> target)
    {
        int length = 0;
        for (int at = 0; at < key.Length; at++)
        {
            if (key[at] != '\\')
            {
                target[length++] = key[at];
                continue;
            }

            at++;
            if (key[at] != 'u')
            {
                target[length++] = key[at] switch
                {
                    (byte)'b' => 8, (byte)'f' => 12, (byte)'n' => 10, (byte)'r' => 13, (byte)'t' => 9, byte same => same,
                };
                continue;
            }

            int code = CodeUnit(key[(at + 1)..]);
            at += 4;
            if ((code & 0xFC00) == 0xD800 && key.Length - at > 6 && key[at + 1] == '\\' && key[at + 2] == 'u' && (CodeUnit(key[(at + 3)..]) & 0xFC00) == 0xDC00)
            {
                code = 0x10000 + ((code & 0x3FF) << 10) + (CodeUnit(key[(at + 3)..]) & 0x3FF);
                at += 6;
            }

            length += Write(code, target[length..]);
        }

        return length;
    }

    private static int CodeUnit(ReadOnlySpan<byte> digits)
    {
        int code = 0;
        for (int i = 0; i < 4; i++) code = (code << 4) | (digits[i] <= '9' ? digits[i] - '0' : (digits[i] | 0x20) - 'a' + 10);
        return code;
    }

    private static int Write(int code, Span<byte> target)
    {
        if (code < 0x80)
        {
            target[0] = (byte)code;
            return 1;
        }

        int length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        for (int i = length - 1; i > 0; i--, code >>= 6) target[i] = (byte)(0x80 | (code & 0x3F));
        target[0] = (byte)((length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0) | code);
        return length;
    }
}
