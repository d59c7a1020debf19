using System.Buffers.Text;

namespace LogPipeline.Parsing.Json;

/// <summary>
/// <code>number = ["-"] ("0" / digit1-9 *digit) ["." 1*digit] [("e" / "E") ["+" / "-"] 1*digit]</code>
/// </summary>
internal static class JsonNumber
{
    /// <summary>Longest number taken: more digits than any type of a store holds.</summary>
    public const int MaxLength = 64;

    /// <summary>
    /// Length of the number at the beginning, 0 when there is none. <paramref name="isStorable"/> is false when it is too long or,
    /// as a double, infinite.
    /// </summary>
    public static int Measure(ReadOnlySpan<byte> text, out bool isStorable)
    {
        isStorable = true;
        int at = text.Length > 0 && text[0] == '-' ? 1 : 0;
        int whole = Digits(text, at);
        if (whole == 0 || (whole > 1 && text[at] == '0')) return 0;
        at += whole;
        if (at < text.Length && text[at] == '.')
        {
            int fraction = Digits(text, at + 1);
            if (fraction == 0) return 0;
            at += 1 + fraction;
        }

        bool hasExponent = at < text.Length && (text[at] | 0x20) == 'e';
        if (hasExponent)
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-') at++;
            int exponent = Digits(text, at);
            if (exponent == 0) return 0;
            at += exponent;
        }

        isStorable = at <= MaxLength
            && (!hasExponent || (Utf8Parser.TryParse(text[..at], out double value, out int consumed) && consumed == at && double.IsFinite(value)));
        return at;
    }

    private static int Digits(ReadOnlySpan<byte> text, int at)
    {
        int start = at;
        while (at < text.Length && (uint)(text[at] - '0') <= 9) at++;
        return at - start;
    }
}
