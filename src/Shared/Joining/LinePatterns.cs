using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using LogPipeline.Joining.Traces;

namespace LogPipeline.Joining;

/// <summary>
/// A user's own patterns. A line that matches <c>start</c> begins a record. Another line belongs to the record before it if it matches
/// <c>continue</c> or <c>end</c>; without a <c>continue</c> pattern every line that does not match <c>start</c> does. A line that
/// matches <c>end</c> is the last of its record.
/// Patterns see the first <see cref="VisibleBytes"/> bytes of a line, as UTF-8 with U+FFFD for what is none. Immutable and
/// thread-safe; matching takes time linear in the line (<see cref="RegexOptions.NonBacktracking"/>).
/// </summary>
internal sealed class LinePatterns
{
    /// <summary>What a pattern sees of a line: one whole part of a CRI line (16 KiB).</summary>
    public const int VisibleBytes = 16 << 10;

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private readonly Regex? _start;
    private readonly Regex? _continue;
    private readonly Regex? _end;

    private LinePatterns(Regex? start, Regex? @continue, Regex? end)
    {
        _start = start;
        _continue = @continue;
        _end = end;
    }

    /// <summary>Compiles the patterns, of which at least one is not null, or says in <paramref name="error"/> which cannot be used and why.</summary>
    public static bool TryCreate(string? start, string? @continue, string? end, [NotNullWhen(true)] out LinePatterns? patterns, out string error)
    {
        patterns = null;
        if (!TryCompile("start", start, out Regex? startRegex, out error)
            || !TryCompile("continue", @continue, out Regex? continueRegex, out error)
            || !TryCompile("end", end, out Regex? endRegex, out error)) return false;
        patterns = new LinePatterns(startRegex, continueRegex, endRegex);
        return true;
    }

    private static bool TryCompile(string key, string? pattern, out Regex? regex, out string error)
    {
        regex = null;
        error = "";
        if (pattern is null) return true;
        try
        {
            regex = new Regex(pattern, Options);
            return true;
        }
        catch (ArgumentException e)
        {
            error = $"joining.{key} is no regular expression: {e.Message}";
            return false;
        }
        catch (NotSupportedException e)
        {
            error = $"joining.{key} cannot be matched in linear time: {e.Message}";
            return false;
        }
    }

    /// <summary>The state after a record's first line: <see cref="TraceState.Closed"/> when it is also its last.</summary>
    public TraceState First(ReadOnlySpan<byte> line)
    {
        if (_end is null) return TraceState.Plain;
        char[] buffer = Decode(line, out int length);
        TraceState state = _end.IsMatch(buffer.AsSpan(0, length)) ? TraceState.Closed : TraceState.Plain;
        ArrayPool<char>.Shared.Return(buffer);
        return state;
    }

    public LineVerdict Next(ReadOnlySpan<byte> line, out TraceState next)
    {
        char[] buffer = Decode(line, out int length);
        ReadOnlySpan<char> text = buffer.AsSpan(0, length);
        LineVerdict verdict = LineVerdict.Begins;
        next = TraceState.Plain;
        if (_start is null || !_start.IsMatch(text))
        {
            bool ends = _end is not null && _end.IsMatch(text);
            if (ends) next = TraceState.Closed;
            if (ends || _continue is null || _continue.IsMatch(text)) verdict = LineVerdict.Continues;
        }

        ArrayPool<char>.Shared.Return(buffer);
        return verdict;
    }

    private static char[] Decode(ReadOnlySpan<byte> line, out int length)
    {
        if (line.Length > VisibleBytes) line = line[..VisibleBytes];
        char[] buffer = ArrayPool<char>.Shared.Rent(line.Length + 1);
        length = Encoding.UTF8.GetChars(line, buffer);
        return buffer;
    }
}
