using System.Globalization;
using System.Text;

namespace LogPipeline.Local.Store.Documents;

/// <summary>
/// Words of a text as OpenSearch's standard analyzer finds them, for the usual scripts: letters, digits and <c>_</c> run on; <c>.</c>,
/// <c>'</c> and <c>:</c> join letters, <c>.</c>, <c>,</c>, <c>'</c> and <c>;</c> join digits; each ideograph stands alone. Compared
/// without regard to case.
/// </summary>
internal ref struct Analyzer(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _next;

    private enum CharacterClass : byte
    {
        Other,
        Letter,
        Digit,
        Joiner,
        Ideograph,
    }

    public int Start { get; private set; }

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Current => _text.Slice(Start, Length);

    public bool MoveNext()
    {
        int at = _next;
        CharacterClass last = CharacterClass.Other;
        while (at < _text.Length && last == CharacterClass.Other)
        {
            last = ClassAt(at, out int width);
            Start = at;
            at += width;
        }

        if (last == CharacterClass.Other)
        {
            _next = _text.Length;
            return false;
        }

        while (last != CharacterClass.Ideograph && at < _text.Length)
        {
            CharacterClass next = ClassAt(at, out int width);
            if (next == CharacterClass.Ideograph) break;
            if (next == CharacterClass.Other)
            {
                if (!Joins(_text[at], last, at + 1)) break;
                at++;
                continue;
            }

            last = next;
            at += width;
        }

        Length = at - Start;
        _next = at;
        return true;
    }

    /// <summary>The words of a query, in lower case.</summary>
    public static List<byte[]> Words(string text)
    {
        var words = new List<byte[]>();
        var analyzer = new Analyzer(Encoding.UTF8.GetBytes(text));
        while (analyzer.MoveNext()) words.Add(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(analyzer.Current).ToLowerInvariant()));
        return words;
    }

    /// <summary>Whether a word of a text is the word of a query, which is in lower case.</summary>
    public static bool IsWord(ReadOnlySpan<byte> word, ReadOnlySpan<byte> lowered)
    {
        if (Ascii.IsValid(lowered)) return Ascii.EqualsIgnoreCase(word, lowered);
        return Encoding.UTF8.GetString(word).Equals(Encoding.UTF8.GetString(lowered), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>As <see cref="IsWord"/>, for the beginning of a word.</summary>
    public static bool IsPrefix(ReadOnlySpan<byte> word, ReadOnlySpan<byte> lowered)
    {
        if (Ascii.IsValid(lowered)) return word.Length >= lowered.Length && Ascii.EqualsIgnoreCase(word[..lowered.Length], lowered);
        return Encoding.UTF8.GetString(word).StartsWith(Encoding.UTF8.GetString(lowered), StringComparison.OrdinalIgnoreCase);
    }

    private readonly bool Joins(byte between, CharacterClass before, int after)
    {
        if (after >= _text.Length) return false;
        CharacterClass next = ClassAt(after, out _);
        return before switch
        {
            CharacterClass.Letter => next == CharacterClass.Letter && between is (byte)'.' or (byte)'\'' or (byte)':',
            CharacterClass.Digit => next == CharacterClass.Digit && between is (byte)'.' or (byte)',' or (byte)'\'' or (byte)';',
            _ => false,
        };
    }

    private readonly CharacterClass ClassAt(int at, out int width)
    {
        byte first = _text[at];
        width = 1;
        if (first < 0x80)
        {
            return (byte)((first | 0x20) - 'a') < 26 ? CharacterClass.Letter
                : (byte)(first - '0') < 10 ? CharacterClass.Digit
                : first == (byte)'_' ? CharacterClass.Joiner
                : CharacterClass.Other;
        }

        Rune.DecodeFromUtf8(_text[at..], out Rune rune, out width);
        if (rune.Value is >= 0x3040 and <= 0x30FF or >= 0x3400 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or >= 0x20000 and <= 0x3FFFF) return CharacterClass.Ideograph;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.DecimalDigitNumber => CharacterClass.Digit,
            UnicodeCategory.ConnectorPunctuation => CharacterClass.Joiner,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber => CharacterClass.Letter,
            _ => Rune.IsLetter(rune) ? CharacterClass.Letter : CharacterClass.Other,
        };
    }
}
