namespace LogPipeline.Joining.Traces;

/// <summary>
/// Ruby.
/// <code>
/// record = place ":in " quoted ": " message *indented     ; uncaught; frames are "\tfrom …"
///        | line [blank] 1*(place [":in " quoted])          ; a logged exception with its backtrace
/// place  = path ":" line
/// quoted = ("`" | "'") name "'"
/// </code>
/// </summary>
internal static class RubyLines
{
    public static TraceState First(ReadOnlySpan<byte> line) => IsFrameOrHead(line, out _) ? TraceState.Trace : TraceState.Plain;

    public static LineVerdict AfterAny(TraceState state, ReadOnlySpan<byte> line, out TraceState next)
    {
        next = TraceState.Trace;
        return state is TraceState.Plain or TraceState.PlainBlank or TraceState.Block or TraceState.Trace && IsFrameOrHead(line, out bool isHead) && !isHead
            ? LineVerdict.Continues
            : LineVerdict.Begins;
    }

    /// <summary><c>path:12:in `name'</c> (a frame), or the same with <c>: message</c> behind it (the head of an uncaught exception).</summary>
    private static bool IsFrameOrHead(ReadOnlySpan<byte> line, out bool isHead)
    {
        isHead = false;
        int place = LineShape.PlaceLength(line);
        if (place == 0) return false;
        ReadOnlySpan<byte> rest = line[place..];
        if (!rest.StartsWith(":in `"u8) && !rest.StartsWith(":in '"u8)) return false;
        int close = rest[":in `"u8.Length..].IndexOf((byte)'\'');
        if (close < 0) return false;
        ReadOnlySpan<byte> behind = rest[(":in `"u8.Length + close + 1)..];
        isHead = behind.StartsWith(": "u8);
        return isHead || behind.IsEmpty;
    }
}
