using System.Buffers;

namespace LogPipeline.Joining.Traces;

/// <summary>
/// Python.
/// <code>
/// record    = [line *context] traceback *(blank chain blank traceback) [blank]
///           | line "Stack (most recent call last):" *indented          ; logging's stack_info
/// context   = key ": &lt;" …                           ; asyncio's `future: &lt;Task …&gt;`
/// traceback = ["Traceback (most recent call last):"] *indented raised *indented     ; a syntax error has no title
/// raised    = name [": " message]                     ; not indented: `ValueError: x`, `KeyboardInterrupt`
/// chain     = "During handling of the above exception, …" | "The above exception was the direct cause …"
/// </code>
/// </summary>
internal static class PythonLines
{
    private static readonly SearchValues<byte> s_exceptionName = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.<>"u8);
    private static readonly SearchValues<byte> s_contextKey = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_"u8);

    public static TraceState First(ReadOnlySpan<byte> line) =>
        IsTraceback(line) ? TraceState.PythonTraceback
        : line.StartsWith("Fatal Python error: "u8) ? TraceState.PythonFatal
        : TraceState.Plain;

    public static LineVerdict AfterAny(TraceState state, ReadOnlySpan<byte> line, out TraceState next)
    {
        next = TraceState.PythonTraceback;
        if (state is TraceState.Plain or TraceState.Block && IsTraceback(line)) return LineVerdict.Continues;
        next = TraceState.Trace;
        if (state is TraceState.Plain or TraceState.Block && line.StartsWith("Stack (most recent call last):"u8)) return LineVerdict.Continues;
        next = TraceState.PythonContext;
        return state == TraceState.Plain && IsContext(line) ? LineVerdict.Undecided : LineVerdict.Begins;
    }

    public static LineVerdict Next(TraceState state, ReadOnlySpan<byte> line, out TraceState next)
    {
        next = state;
        switch (state)
        {
            case TraceState.PythonTraceback when IsRaised(line):
                next = TraceState.PythonRaised;
                return LineVerdict.Continues;
            case TraceState.PythonRaisedBlank when line.StartsWith("During handling of the above exception"u8) || line.StartsWith("The above exception was the direct cause"u8):
                next = TraceState.PythonChained;
                return LineVerdict.Continues;
            case TraceState.PythonChained or TraceState.PythonContext when IsTraceback(line):
                next = TraceState.PythonTraceback;
                return LineVerdict.Continues;
            case TraceState.PythonContext when IsContext(line):
                return LineVerdict.Undecided;
            case TraceState.PythonFatal when line.StartsWith("Current thread "u8) || line.StartsWith("Thread 0x"u8)
                || line.StartsWith("Python runtime state: "u8) || line.StartsWith("Extension modules: "u8):
                return LineVerdict.Continues;
            default:
                return LineVerdict.Begins;
        }
    }

    /// <summary>The indented lines that a traceback consists of; a syntax error and an exception group begin with one, too.</summary>
    public static bool IsFrame(ReadOnlySpan<byte> text) => text.StartsWith("File \""u8) || text.StartsWith("+ Exception Group Traceback"u8);

    private static bool IsTraceback(ReadOnlySpan<byte> line) => line.StartsWith("Traceback (most recent call last)"u8);

    private static bool IsContext(ReadOnlySpan<byte> line)
    {
        int key = line.IndexOfAnyExcept(s_contextKey);
        return key > 0 && line[key..].StartsWith(": <"u8);
    }

    private static bool IsRaised(ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAnyExcept(s_exceptionName);
        if (LineShape.IsDigit(line[0])) return false;
        return end < 0 || (end > 0 && line[end] == ':' && (end + 1 == line.Length || line[end + 1] == ' '));
    }
}
