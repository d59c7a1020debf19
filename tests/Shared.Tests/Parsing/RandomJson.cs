using System.Text;

namespace LogPipeline.Tests.Parsing;

/// <summary>Random JSON objects as text, with every escape, number form and blank; valid unless damaged.</summary>
internal static class RandomJson
{
    private static readonly string[] s_keys = ["a", "b", "level", "msg", "x.y", "log.level", "\\u0061", "k\\n", "é", "ключ", "🚀", "", ".", "a.", "q\\\"", "0", "priority"];
    private static readonly string[] s_strings = ["", "x", "info", "ERROR", "é", "日本", "🚀", "\\n", "\\\\", "\\\"", "\\/", "\\u00e9", "\\ud83d\\ude80", "\\u0000", "a b", "{", "}", "[", ",", ":"];
    private static readonly string[] s_scalars = ["0", "-0", "1", "-12.5", "1e5", "1E-7", "0.1e+3", "9223372036854775808", "true", "false", "null"];
    private static readonly string[] s_blanks = ["", "", "", " ", "\n", "\r\n  ", "\t"];

    public static byte[] Create(Random random)
    {
        var text = new StringBuilder();
        Object(random, text, 0);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Changes, removes or repeats a few bytes.</summary>
    public static void Damage(Random random, ref byte[] text)
    {
        byte[] alphabet = "{}[]\",:\\ \n0123456789truefalsnE+-.u\0"u8.ToArray();
        for (int times = random.Next(1, 4); times > 0 && text.Length > 2; times--)
        {
            int at = random.Next(text.Length);
            text = random.Next(4) switch
            {
                0 => [.. text[..at], .. text[(at + 1)..]],
                1 => [.. text[..at], alphabet[random.Next(alphabet.Length)], .. text[at..]],
                2 => text[..at],
                _ => [.. text[..at], random.Next(2) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)], .. text[(at + 1)..]],
            };
        }
    }

    private static void Object(Random random, StringBuilder text, int depth)
    {
        text.Append('{');
        int count = random.Next(5);
        for (int i = 0; i < count; i++)
        {
            if (i > 0) text.Append(',');
            Blank(random, text).Append('"').Append(s_keys[random.Next(s_keys.Length)]).Append('"');
            Blank(random, text).Append(':');
            Value(random, text, depth + 1);
        }

        Blank(random, text).Append('}');
    }

    private static void Value(Random random, StringBuilder text, int depth)
    {
        Blank(random, text);
        switch (depth < 5 ? random.Next(8) : random.Next(6))
        {
            case < 3:
                text.Append('"');
                for (int i = random.Next(4); i > 0; i--) text.Append(s_strings[random.Next(s_strings.Length)]);
                text.Append('"');
                break;
            case < 6:
                text.Append(s_scalars[random.Next(s_scalars.Length)]);
                break;
            case 6:
                Object(random, text, depth);
                break;
            default:
                text.Append('[');
                for (int i = random.Next(4); i > 0; i--)
                {
                    Value(random, text, depth + 1);
                    if (i > 1) text.Append(',');
                }

                Blank(random, text).Append(']');
                break;
        }

        Blank(random, text);
    }

    private static StringBuilder Blank(Random random, StringBuilder text) => text.Append(s_blanks[random.Next(s_blanks.Length)]);
}
