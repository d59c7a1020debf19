using System.Diagnostics.CodeAnalysis;
using LogPipeline.Configuration;
using LogPipeline.Joining.Traces;

namespace LogPipeline.Joining;

/// <summary>
/// Which lines make one record, and the limits of a record. Its text (<see cref="ToString"/>) is recorded in the ledger with the
/// resume point before the first record that follows it, so that bytes read again follow the same rule. Immutable; one instance
/// serves all streams.
/// </summary>
public sealed class JoiningRule : IEquatable<JoiningRule>
{
    private readonly string _text;
    private readonly LinePatterns? _patterns;
    private readonly TraceLanguages _languages;

    private JoiningRule(JoiningRuleText parts, LinePatterns? patterns, TraceLanguages languages)
    {
        _text = parts.Format();
        _patterns = patterns;
        _languages = languages;
        JoinsLines = patterns is not null || parts.Preset != "none";
        MaxLines = parts.MaxLines;
        MaxBytes = parts.MaxBytes;
        MaxLineBytes = parts.MaxLineBytes;
        FlushAfter = parts.FlushAfter;
        MaxUndecidedLines = parts.MaxUndecidedLines;
    }

    /// <summary>False for preset <c>none</c>: every line is a record.</summary>
    public bool JoinsLines { get; }

    /// <summary>Logical lines of one record.</summary>
    public int MaxLines { get; }

    /// <summary>Bytes of one record's text, unless a single line is longer.</summary>
    public int MaxBytes { get; }

    /// <summary>Bytes of a line that is put together from parts, unless a single part is longer.</summary>
    public int MaxLineBytes { get; }

    /// <summary>A longer gap between the timestamps of consecutive lines ends a record.</summary>
    public TimeSpan FlushAfter { get; }

    /// <summary>Lines that may wait for a later one's decision.</summary>
    internal int MaxUndecidedLines { get; }

    /// <summary>Makes the rule of the options, or says in <paramref name="error"/> which key cannot be used and why.</summary>
    public static bool TryCreate(JoiningOptions options, int maxLineBytes, [NotNullWhen(true)] out JoiningRule? rule, out string error) =>
        TryCreate(JoiningRuleText.Of(options, maxLineBytes), out rule, out error);

    /// <summary>Makes the rule of options that were validated.</summary>
    /// <exception cref="ArgumentException">They were not.</exception>
    public static JoiningRule Create(JoiningOptions options, int maxLineBytes) =>
        TryCreate(options, maxLineBytes, out JoiningRule? rule, out string error) ? rule : throw new ArgumentException(error, nameof(options));

    /// <summary>Reads <see cref="ToString"/>'s form, or says in <paramref name="error"/> what is wrong with it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JoiningRule? rule, out string error)
    {
        rule = null;
        return JoiningRuleText.TryParse(text, out JoiningRuleText? parts, out error) && TryCreate(parts, out rule, out error);
    }

    /// <summary>Reads <see cref="ToString"/>'s form.</summary>
    /// <exception cref="FormatException">It is none, or one of another version.</exception>
    public static JoiningRule Parse(string text) =>
        TryParse(text, out JoiningRule? rule, out string error) ? rule : throw new FormatException(error);

    /// <summary>The canonical text, one ASCII line; see <see cref="JoiningRuleText"/> for its grammar. Equal rules have equal texts.</summary>
    public override string ToString() => _text;

    public bool Equals(JoiningRule? other) => other is not null && other._text == _text;

    public override bool Equals(object? obj) => Equals(obj as JoiningRule);

    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>The first bytes are enough to tell that <paramref name="line"/> begins a record after the one-line record <paramref name="pending"/>.</summary>
    internal bool SurelyBegins(ReadOnlySpan<byte> pending, ReadOnlySpan<byte> line) =>
        _patterns is null && TraceGrammar.SurelyBegins(pending, line);

    /// <summary>The state after a record's first line; <see cref="TraceState.Unread"/> when nobody needs to know it yet.</summary>
    internal TraceState Begin(ReadOnlySpan<byte> line) =>
        _patterns is not null ? _patterns.First(line)
        : !JoinsLines || line.IsEmpty ? TraceState.Closed
        : TraceState.Unread;

    /// <summary>What <see cref="TraceState.Unread"/> stands for.</summary>
    internal TraceState Read(ReadOnlySpan<byte> line) => TraceGrammar.First(line, _languages);

    /// <summary>What <paramref name="line"/> is to a record in <paramref name="state"/> (not <see cref="TraceState.Unread"/>).</summary>
    internal LineVerdict Next(TraceState state, ReadOnlySpan<byte> line, out TraceState next)
    {
        next = TraceState.Closed;
        if (!JoinsLines || state == TraceState.Closed) return LineVerdict.Begins;
        return _patterns is not null ? _patterns.Next(line, out next) : TraceGrammar.Next(state, line, _languages, out next);
    }

    private static bool TryCreate(JoiningRuleText parts, [NotNullWhen(true)] out JoiningRule? rule, out string error)
    {
        rule = null;
        if (!parts.TryValidate(out TraceLanguages languages, out error)) return false;
        LinePatterns? patterns = null;
        if (parts.HasPatterns && !LinePatterns.TryCreate(parts.Start, parts.Continue, parts.End, out patterns, out error)) return false;
        rule = new JoiningRule(parts, patterns, languages);
        return true;
    }
}
