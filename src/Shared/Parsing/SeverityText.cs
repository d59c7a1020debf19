using System.Buffers;

namespace LogPipeline.Parsing;

/// <summary>
/// Finds the severity of a text at its usual place: in the first <see cref="VisibleBytes"/> bytes of its first line, behind nothing but
/// what loggers put before it.
/// <code>
/// text    = priority / letters / head / *prefix level
/// priority= "&lt;" 1*3digit "&gt;"                            ; syslog
/// letters = ("I" / "W" / "E" / "F") mmdd " "              ; glog, klog
///         | LETTER ", ["                                  ; Ruby
/// head    = see SeverityHeads                             ; Traceback, panic:, TypeError: …
/// prefix  = word with a digit (times, numbers, hosts) | "[…]" | "(…)" | punctuation | month, weekday, zone
///         | dotted or colon-ended name | key "=" value
///         | one more word, behind a time                  ; the logger's, host's or thread's name
/// level   = WORD                                          ; upper case, not part of a longer word
///         | "[" word "]" | word ":" | key "=" word        ; any case
///         | LETTER " |"                                   ; etcd
/// </code>
/// Words in running text are none. Colour sequences (ESC [ … m) count as nothing.
/// </summary>
internal static class SeverityText
{
    public const int VisibleBytes = 160;

    private static readonly SearchValues<byte> s_letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> s_blanks = SearchValues.Create(" \t"u8);

    public static Severity Find(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> line = text.Length > VisibleBytes ? text[..VisibleBytes] : text;
        int end = line.IndexOfAny((byte)'\n', (byte)0x1b);
        bool hasColour = end >= 0 && line[end] == 0x1b;
        if (hasColour) end = line.IndexOf((byte)'\n');
        bool goesOn = end >= 0;
        if (goesOn) line = line[..end];
        if (hasColour)
        {
            Span<byte> plain = stackalloc byte[VisibleBytes];
            int length = WithoutColour(line, plain);
            return FindIn(plain[..length], goesOn);
        }

        return FindIn(line, goesOn);
    }

    private static Severity FindIn(ReadOnlySpan<byte> line, bool goesOn)
    {
        line = line.TrimStart(" \t"u8);
        if (line.Length < 3) return Severity.Unspecified;
        Severity severity = line[0] == '<' ? OfPriority(line) : OfLetters(line);
        if (severity == Severity.Unspecified && (uint)(line[0] - '0') > 9) severity = SeverityHeads.Find(line, goesOn);
        return severity != Severity.Unspecified ? severity : BehindPrefix(line);
    }

    /// <summary>syslog's <c>&lt;facility * 8 + severity&gt;</c>.</summary>
    private static Severity OfPriority(ReadOnlySpan<byte> line)
    {
        int priority = 0, at = 1;
        for (; at < line.Length && at <= 3 && IsDigit(line[at]); at++) priority = (priority * 10) + line[at] - '0';
        return at > 1 && at < line.Length && line[at] == '>' && priority < 192 ? SeverityWord.OfSyslog(priority & 7) : Severity.Unspecified;
    }

    private static Severity OfLetters(ReadOnlySpan<byte> line)
    {
        if (line.Length < 6) return Severity.Unspecified;
        if (line[1] == ',') return line[2] == ' ' && line[3] == '[' ? SeverityWord.OfLetter(line[0]) : Severity.Unspecified;
        if (line[0] is not ((byte)'I' or (byte)'W' or (byte)'E' or (byte)'F') || line[5] != ' ') return Severity.Unspecified;
        if (!IsDigit(line[1]) || !IsDigit(line[2]) || !IsDigit(line[3]) || !IsDigit(line[4])) return Severity.Unspecified;
        int month = ((line[1] - '0') * 10) + line[2] - '0', day = ((line[3] - '0') * 10) + line[4] - '0';
        return month is >= 1 and <= 12 && day is >= 1 and <= 31 ? SeverityWord.OfLetter(line[0]) : Severity.Unspecified;
    }

    private static Severity BehindPrefix(ReadOnlySpan<byte> line)
    {
        if (OfPairs(line) is var paired and not Severity.Unspecified) return paired;
        bool sawTime = false, sawName = false;
        int at = 0;
        while (at < line.Length)
        {
            byte first = line[at];
            if (first is (byte)' ' or (byte)'\t')
            {
                at++;
                continue;
            }

            if (first is (byte)'[' or (byte)'(' or (byte)'<')
            {
                int close = line[at..].IndexOf(first == '[' ? (byte)']' : first == '(' ? (byte)')' : (byte)'>');
                if (close < 0) return Severity.Unspecified;
                ReadOnlySpan<byte> inside = line.Slice(at + 1, close - 1);
                if (first == '[' && OfBrackets(inside) is var bracketed and not Severity.Unspecified) return bracketed;
                sawTime |= inside.ContainsAnyInRange((byte)'0', (byte)'9') && inside.Contains((byte)':');
                at += close + 1;
                if (at < line.Length && line[at] == ':') at++;
                continue;
            }

            int length = line[at..].IndexOfAny(s_blanks);
            if (length < 0) length = line.Length - at;
            ReadOnlySpan<byte> word = line.Slice(at, length);
            bool tabbed = at > 0 && line[at - 1] == '\t' && at + length < line.Length && line[at + length] == '\t';
            if (OfWord(word, tabbed, line[(at + length)..]) is var severity and not Severity.Unspecified) return severity;
            if (!IsPrefix(word, ref sawTime))
            {
                if (!sawTime || sawName || !IsName(word, line[..at])) return Severity.Unspecified;
                sawName = true;
            }

            at += length;
        }

        return Severity.Unspecified;
    }

    /// <summary>What stands in brackets: a level alone or behind a colon in any case (<c>core:error</c>), or one in upper case among other words.</summary>
    private static Severity OfBrackets(ReadOnlySpan<byte> inside)
    {
        inside = inside.Trim(" \t"u8);
        Severity severity = SeverityWord.Parse(inside[(inside.LastIndexOf((byte)':') + 1)..]);
        while (severity == Severity.Unspecified && !inside.IsEmpty)
        {
            int start = inside.IndexOfAny(s_letters);
            if (start < 0) break;
            inside = inside[start..];
            int length = inside.IndexOfAnyExcept(s_letters);
            if (length < 0) length = inside.Length;
            bool ends = length == inside.Length || inside[length] is (byte)' ' or (byte)'/' or (byte)',' or (byte)']' or (byte)'|';
            if (ends && IsUpper(inside[..length])) severity = SeverityWord.Parse(inside[..length]);
            inside = inside[length..];
        }

        return severity;
    }

    /// <summary>A word between blanks that is a level, or begins with one that a colon or such ends, or is a key with a level as its value.</summary>
    private static Severity OfWord(ReadOnlySpan<byte> word, bool tabbed, ReadOnlySpan<byte> behind)
    {
        int length = word.IndexOfAnyExcept(s_letters);
        if (length < 0)
        {
            if (word.Length == 1) return behind.StartsWith(" | "u8) ? SeverityWord.OfLetter(word[0]) : Severity.Unspecified;
            return tabbed || IsUpper(word) || behind.StartsWith(" | "u8) ? SeverityWord.Parse(word) : Severity.Unspecified;
        }

        if (word.IndexOf((byte)'=') is > 0 and var equals) return OfPair(word[..equals], word[(equals + 1)..]);
        if (length == 0) return word.Length > 1 && word[0] == '|' ? OfWord(word[1..], false, behind) : Severity.Unspecified;
        byte end = word[length];
        if (end == ':') return SeverityWord.Parse(word[..length]);
        bool ends = end is (byte)']' or (byte)'|' or (byte)',' or (byte)')' or (byte)'[' or (byte)'/' or (byte)'!';
        return ends && IsUpper(word[..length]) ? SeverityWord.Parse(word[..length]) : Severity.Unspecified;
    }

    /// <summary>logfmt: the line begins with a pair, and one of the pairs is a level; its place among them is the logger's choice.</summary>
    private static Severity OfPairs(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOfAny((byte)'=', (byte)' ');
        if (first <= 0 || line[first] != '=') return Severity.Unspecified;
        for (int at = line.IndexOf("level="u8); at >= 0;)
        {
            ReadOnlySpan<byte> value = line[(at + "level="u8.Length)..].TrimStart((byte)'"');
            int length = value.IndexOfAnyExcept(s_letters);
            if (at == 0 || line[at - 1] == ' ') return SeverityWord.Parse(length < 0 ? value : value[..length]);
            int next = line[(at + 1)..].IndexOf("level="u8);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return Severity.Unspecified;
    }

    private static Severity OfPair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Json.JsonSeverity.KeyOf(key) == Json.JsonSeverity.Key.Level ? SeverityWord.Parse(value.Trim("\",;"u8)) : Severity.Unspecified;

    /// <summary>What may stand before a level; see the grammar.</summary>
    private static bool IsPrefix(ReadOnlySpan<byte> word, ref bool sawTime)
    {
        if (word.ContainsAnyInRange((byte)'0', (byte)'9'))
        {
            sawTime |= word.ContainsAny((byte)':', (byte)'-', (byte)'/');
            return true;
        }

        if (!word.ContainsAny(s_letters) || word[^1] == ':' || word.Contains((byte)'=')) return true;
        if (word.Contains((byte)'.') && word[^1] != '.') return true;
        return word.Length is 1 or 2 or 3 or 4 && IsCalendar(word);
    }

    /// <summary>The name of a host, thread or logger rather than a sentence's first word: in lower case, or set off by a dash or a bar.</summary>
    private static bool IsName(ReadOnlySpan<byte> word, ReadOnlySpan<byte> before) =>
        !word.ContainsAnyExcept(s_letters)
        && (word[0] >= 'a' ? !word.SequenceEqual("no"u8) : before.EndsWith("- "u8) || before.EndsWith("| "u8));

    private static bool IsCalendar(ReadOnlySpan<byte> word)
    {
        ReadOnlySpan<byte> known = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec Mon Tue Wed Thu Fri Sat Sun UTC GMT CET CEST EST EDT PST PDT AM PM Z T "u8;
        while (!known.IsEmpty)
        {
            int end = known.IndexOf((byte)' ');
            if (word.SequenceEqual(known[..end])) return true;
            known = known[(end + 1)..];
        }

        return false;
    }

    private static int WithoutColour(ReadOnlySpan<byte> line, Span<byte> plain)
    {
        int length = 0;
        for (int at = 0; at < line.Length; at++)
        {
            if (line[at] != 0x1b || at + 1 == line.Length || line[at + 1] != '[')
            {
                plain[length++] = line[at];
                continue;
            }

            at += 2;
            while (at < line.Length && (IsDigit(line[at]) || line[at] == ';')) at++;
        }

        return length;
    }

    private static bool IsUpper(ReadOnlySpan<byte> word) => !word.ContainsAnyExceptInRange((byte)'A', (byte)'Z');

    private static bool IsDigit(byte value) => (uint)(value - '0') <= 9;
}
