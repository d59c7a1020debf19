using System.Buffers;

namespace LogPipeline.Joining.Traces;

/// <summary>
/// Whether a line may be followed by indented ones that belong to it, when nobody said that the program writes such: it looks like a log
/// line (a time, a bracket, a level, a key with its value) or like the opening of a block (<c>{</c>, <c>(</c> or a colon at its end).
/// A line of mere text is not: what follows it is left alone, indented or not.
/// The words are part of the joining rule's version: they do not follow what parsers learn.
/// </summary>
internal static class BlockOpening
{
    private static readonly SearchValues<byte> s_wordEnds = SearchValues.Create(" :[,|=\t("u8);

    /// <summary>Longest word that is looked at.</summary>
    private const int MaxWordLength = 16;

    public static bool Opens(ReadOnlySpan<byte> line) =>
        line[^1] is (byte)':' or (byte)'{' or (byte)'[' or (byte)'(' || (line[0] == '/' && LineShape.PlaceLength(line) > 0) || IsLogLine(line);

    /// <summary>It looks like the beginning of a log line.</summary>
    public static bool IsLogLine(ReadOnlySpan<byte> line)
    {
        byte first = line[0];
        if (LineShape.IsDigit(first) || first is (byte)'[' or (byte)'{' or (byte)'<' or (byte)'(' or 0x1b) return true;
        int end = line[..Math.Min(line.Length, MaxWordLength)].IndexOfAny(s_wordEnds);
        return end > 0 && (line[end] == '=' || IsLevel(line[..end]) || IsDated(line, end));
    }

    /// <summary>A level as loggers write it: a word of any case (.NET's four letters too), Ruby's letter, glog's letter and date.</summary>
    private static bool IsLevel(ReadOnlySpan<byte> word)
    {
        if (word.Length == 1) return word[0] is (byte)'I' or (byte)'W' or (byte)'E' or (byte)'D' or (byte)'F' or (byte)'A';
        if (word.Length == 5 && LineShape.IsDigit(word[1])) return word[0] is (byte)'I' or (byte)'W' or (byte)'E' or (byte)'F' && LineShape.IsDigit(word[4]);
        Span<byte> lower = stackalloc byte[MaxWordLength];
        for (int i = 0; i < word.Length; i++) lower[i] = (byte)(word[i] | 0x20);
        ReadOnlySpan<byte> text = lower[..word.Length];
        return text.SequenceEqual("info"u8) || text.SequenceEqual("warn"u8) || text.SequenceEqual("error"u8) || text.SequenceEqual("fail"u8)
            || text.SequenceEqual("debug"u8) || text.SequenceEqual("trace"u8) || text.SequenceEqual("warning"u8) || text.SequenceEqual("fatal"u8)
            || text.SequenceEqual("crit"u8) || text.SequenceEqual("dbug"u8) || text.SequenceEqual("trce"u8) || text.SequenceEqual("critical"u8)
            || text.SequenceEqual("notice"u8) || text.SequenceEqual("severe"u8) || text.SequenceEqual("err"u8) || text.SequenceEqual("php"u8);
    }

    /// <summary>syslog's time, <c>Nov 20 16:40:10</c>.</summary>
    private static bool IsDated(ReadOnlySpan<byte> line, int end) =>
        end == 3 && line.Length >= 15 && line[6] == ' ' && line[9] == ':' && line[12] == ':';
}
