namespace LogPipeline.Joining.Traces;

/// <summary>
/// Go.
/// <code>
/// record    = (panic / line) *(signal / indented / blank) 1*(goroutine *(function / indented) *blank) ["exit status n"]
/// panic     = ("panic: " | "fatal error: ") …
/// signal    = "[signal " …
/// goroutine = "goroutine " n " [" …
/// function  = call ")" | "created by " … | "..." …      ; not indented; its place follows, indented
/// </code>
/// zap's stack is a line, then names without arguments, each followed by its indented place.
/// </summary>
internal static class GoLines
{
    public static TraceState First(ReadOnlySpan<byte> line) =>
        line.StartsWith("panic: "u8) || line.StartsWith("fatal error: "u8) ? TraceState.GoPanic
        : IsGoroutine(line) ? TraceState.GoFrames
        : TraceState.Plain;

    public static LineVerdict AfterAny(TraceState state, ReadOnlySpan<byte> line, out TraceState next)
    {
        next = TraceState.GoFrames;
        if (state is TraceState.Plain or TraceState.Block or TraceState.PlainBlank && IsGoroutine(line)) return LineVerdict.Continues;
        next = TraceState.PlainHeader;
        return state == TraceState.Plain && line[0] is >= (byte)'a' and <= (byte)'z' && LineShape.IsNameOnly(line)
            ? LineVerdict.Undecided
            : LineVerdict.Begins;
    }

    public static LineVerdict Next(TraceState state, ReadOnlySpan<byte> line, out TraceState next)
    {
        next = TraceState.GoFrames;
        if (IsGoroutine(line)) return LineVerdict.Continues;
        if (state == TraceState.GoFrames && IsFunction(line)) return LineVerdict.Continues;
        next = state;
        if (line[0] == '[' && (line.StartsWith("[signal "u8) || line.StartsWith("[originating from goroutine "u8))) return LineVerdict.Continues;
        if (state == TraceState.GoPanic) return LineVerdict.Begins;
        if (IsRegister(line)) return LineVerdict.Continues;
        next = TraceState.Closed;
        return line.StartsWith("exit status "u8) ? LineVerdict.Continues : LineVerdict.Begins;
    }

    private static bool IsGoroutine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("goroutine "u8)) return false;
        ReadOnlySpan<byte> rest = line["goroutine "u8.Length..];
        int digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits > 0 && rest[digits] == ' ' && rest.Contains((byte)'[');
    }

    private static bool IsFunction(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("created by "u8) || line.StartsWith("..."u8)) return true;
        int end = line.IndexOfAny((byte)'(', (byte)' ', (byte)'\t');
        return end < 0 ? LineShape.IsNameOnly(line) : end > 0 && line[end] == '(' && line[^1] == ')';
    }

    /// <summary>A line of the register dump: <c>rax    0x0</c>.</summary>
    private static bool IsRegister(ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAny((byte)' ', (byte)'\t');
        return end is > 0 and <= 6 && line[end..].TrimStart((byte)' ').StartsWith("0x"u8);
    }
}
