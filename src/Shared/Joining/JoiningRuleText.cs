using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Joining.Traces;

namespace LogPipeline.Joining;

/// <summary>
/// The values of a <see cref="JoiningRule"/> and their text.
/// <code>
/// text    = "joining/" version " preset=" name *(" " key "=" quoted)
///           " max_lines=" n " max_bytes=" n " max_line_bytes=" n " flush_after=" hh:mm:ss[.fffffff]
/// key     = "start" / "continue" / "end"                ; in this order; then the preset is "pattern"
/// quoted  = DQUOTE *(printable ASCII but DQUOTE and "\" / "\u" 4HEXDIG) DQUOTE
/// </code>
/// The version changes whenever the same values would join otherwise than before (a new rule in a preset too), and what an earlier one
/// says goes on meaning what it meant: 1 knows no <see cref="TraceLanguages.Messages"/>, and lets 8 lines wait for a decision instead of 32.
/// </summary>
internal sealed record JoiningRuleText(
    int Version, string Preset, string? Start, string? Continue, string? End, int MaxLines, int MaxBytes, int MaxLineBytes, TimeSpan FlushAfter)
{
    private const int CurrentVersion = 2;
    private const string Prefix = "joining/";
    private const string PatternPreset = "pattern";

    public bool HasPatterns => Start is not null || Continue is not null || End is not null;

    private (string Key, string? Pattern)[] Patterns => [("start", Start), ("continue", Continue), ("end", End)];

    /// <summary>Lines that may wait for a later one's decision.</summary>
    public int MaxUndecidedLines => Version == 1 ? 8 : 32;

    public static JoiningRuleText Of(JoiningOptions options, int maxLineBytes) => new(
        CurrentVersion,
        options.Start is null && options.Continue is null && options.End is null ? options.Preset : PatternPreset,
        options.Start, options.Continue, options.End, options.MaxLines, options.MaxBytes, maxLineBytes, options.FlushAfter);

    /// <summary>False when a value is out of its range; <paramref name="error"/> names it.</summary>
    public bool TryValidate(out TraceLanguages languages, out string error)
    {
        TraceLanguages? known = LanguagesOf(Preset);
        languages = known ?? default;
        if (Version > 1 && (languages & JavaLines.Languages) != 0) languages |= TraceLanguages.Messages;
        error = known is null || HasPatterns != (Preset == PatternPreset)
                ? $"joining.preset '{Preset}' is none of auto, java, dotnet, python, go, node, ruby, php, indented, none"
            : MaxLines is < 1 or > 100_000 ? $"joining.max_lines {MaxLines} is not between 1 and 100,000"
            : MaxBytes is < 1 or > 16 << 20 ? $"joining.max_bytes {MaxBytes} is not between 1 and 16 MiB"
            : MaxLineBytes is < 1 or > 16 << 20 ? $"tailing.max_line_bytes {MaxLineBytes} is not between 1 and 16 MiB"
            : FlushAfter <= TimeSpan.Zero || FlushAfter > TimeSpan.FromHours(1) ? $"joining.flush_after {FlushAfter} is not between 0 and 1 h"
            : "";
        return error.Length == 0;
    }

    public string Format()
    {
        var text = new StringBuilder(Prefix).Append(CultureInfo.InvariantCulture, $"{Version} preset=").Append(Preset);
        foreach ((string key, string? pattern) in Patterns)
        {
            if (pattern is not null) AppendQuoted(text.Append(' ').Append(key).Append('='), pattern);
        }

        return text.Append(CultureInfo.InvariantCulture,
            $" max_lines={MaxLines} max_bytes={MaxBytes} max_line_bytes={MaxLineBytes} flush_after={FlushAfter:c}").ToString();
    }

    /// <summary>Reads <see cref="Format"/>'s form; no other spelling of the same values is taken.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JoiningRuleText? parts, out string error)
    {
        parts = null;
        error = $"'{text}' is no joining rule of a version up to {CurrentVersion}";
        ReadOnlySpan<char> rest = text;
        if (!TakeNumber(ref rest, Prefix, out int version) || version is < 1 or > CurrentVersion) return false;
        if (!Take(ref rest, " preset=") || !TakeWord(ref rest, out string preset)) return false;
        if (!TakePattern(ref rest, "start", out string? start) || !TakePattern(ref rest, "continue", out string? next)
            || !TakePattern(ref rest, "end", out string? end)) return false;
        if (!TakeNumber(ref rest, " max_lines=", out int lines) || !TakeNumber(ref rest, " max_bytes=", out int bytes)
            || !TakeNumber(ref rest, " max_line_bytes=", out int lineBytes) || !Take(ref rest, " flush_after=")
            || !TimeSpan.TryParseExact(rest, "c", CultureInfo.InvariantCulture, out TimeSpan flushAfter)) return false;
        var read = new JoiningRuleText(version, preset, start, next, end, lines, bytes, lineBytes, flushAfter);
        if (read.Format() != text) return false;
        parts = read;
        error = "";
        return true;
    }

    private static TraceLanguages? LanguagesOf(string preset) => preset switch
    {
        "auto" => TraceLanguages.All,
        "java" => TraceLanguages.Java,
        "dotnet" => TraceLanguages.DotNet,
        "python" => TraceLanguages.Python,
        "go" => TraceLanguages.Go,
        "node" => TraceLanguages.Node,
        "ruby" => TraceLanguages.Ruby,
        "php" => TraceLanguages.Php,
        "indented" or "none" or PatternPreset => TraceLanguages.Indented,
        _ => null,
    };

    private static void AppendQuoted(StringBuilder text, string pattern)
    {
        text.Append('"');
        foreach (char c in pattern)
        {
            if (c is < ' ' or > '~' or '"' or '\\') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else text.Append(c);
        }

        text.Append('"');
    }

    private static bool Take(ref ReadOnlySpan<char> rest, string expected)
    {
        if (!rest.StartsWith(expected, StringComparison.Ordinal)) return false;
        rest = rest[expected.Length..];
        return true;
    }

    private static bool TakeWord(ref ReadOnlySpan<char> rest, out string word)
    {
        int end = rest.IndexOf(' ');
        word = end < 0 ? "" : rest[..end].ToString();
        if (end >= 0) rest = rest[end..];
        return end > 0;
    }

    private static bool TakeNumber(ref ReadOnlySpan<char> rest, string key, out int number)
    {
        number = 0;
        if (!Take(ref rest, key) || !TakeWord(ref rest, out string word)) return false;
        return int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>True when the key is absent (null) or followed by a well-formed quoted text.</summary>
    private static bool TakePattern(ref ReadOnlySpan<char> rest, string key, out string? pattern)
    {
        pattern = null;
        if (!Take(ref rest, " " + key + "=\"")) return true;
        int end = rest.IndexOf('"');
        if (end < 0) return false;
        var text = new StringBuilder(end);
        for (int i = 0; i < end; i++)
        {
            if (rest[i] != '\\')
            {
                text.Append(rest[i]);
                continue;
            }

            if (i + 6 > end || rest[i + 1] != 'u'
                || !ushort.TryParse(rest.Slice(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code)) return false;
            text.Append((char)code);
            i += 5;
        }

        rest = rest[(end + 1)..];
        pattern = text.ToString();
        return true;
    }
}
