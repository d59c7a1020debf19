using System.Buffers;

namespace LogPipeline.Joining.Traces;

/// <summary>
/// Node.
/// <code>
/// record   = place source caret blank thrown *trace ["Node.js v" …]      ; uncaught
///          | line *trace ["(Use `node --trace-…"]                        ; a warning, a printed error
/// place    = path ":" line                                               ; nothing else on the line
/// source   = any line, told by the caret under it unless it is indented
/// thrown   = any line
/// trace    = indented | blank | closer | "Require stack:" *("- " path)
/// </code>
/// </summary>
internal static class NodeLines
{
    private static readonly SearchValues<byte> s_caret = SearchValues.Create(" \t^~"u8);

    public static TraceState First(ReadOnlySpan<byte> line) =>
        (line[0] == '/' || line.StartsWith("node:"u8) || line.StartsWith("file:///"u8)) && LineShape.PlaceLength(line) == line.Length
            ? TraceState.NodePlace
            : TraceState.Plain;

    public static LineVerdict AfterAny(TraceState state, ReadOnlySpan<byte> line, out TraceState next)
    {
        next = state;
        switch (line[0])
        {
            case (byte)'}' or (byte)']' or (byte)')':
                return state is TraceState.Block or TraceState.Trace && LineShape.IsCloser(line) ? LineVerdict.Continues : LineVerdict.Begins;
            case (byte)'(' when state is TraceState.Plain or TraceState.Block or TraceState.Trace && line.StartsWith("(Use `"u8):
            case (byte)'N' when state is TraceState.Trace or TraceState.TraceBlank && line.StartsWith("Node.js v"u8):
                next = TraceState.Closed;
                return LineVerdict.Continues;
            case (byte)'R' when state is TraceState.Plain or TraceState.Trace && line.SequenceEqual("Require stack:"u8):
                next = TraceState.NodeRequire;
                return LineVerdict.Continues;
            default:
                return LineVerdict.Begins;
        }
    }

    public static LineVerdict Next(TraceState state, ReadOnlySpan<byte> line, out TraceState next)
    {
        bool indented = LineShape.IsBlank(line[0]);
        next = state;
        switch (state)
        {
            case TraceState.NodePlace:
                next = indented ? TraceState.NodeSource : TraceState.NodeSourceGuess;
                return indented ? LineVerdict.Continues : LineVerdict.Undecided;
            case TraceState.NodeSource or TraceState.NodeSourceGuess when line.Contains((byte)'^') && line.IndexOfAnyExcept(s_caret) < 0:
                next = TraceState.NodeCaret;
                return LineVerdict.Continues;
            case TraceState.NodeSource when indented:
                return LineVerdict.Continues;
            case TraceState.NodeCaret when indented:
                next = TraceState.Trace;
                return LineVerdict.Continues;
            case TraceState.NodeCaret when LineShape.IsTypeHeader(line) || line.IndexOf("Error"u8) is >= 0 and < 64:
            case TraceState.NodeCaretBlank:
                next = TraceState.Trace;
                return LineVerdict.Continues;
            case TraceState.NodeRequire when line.StartsWith("- "u8):
                return LineVerdict.Continues;
            default:
                return LineVerdict.Begins;
        }
    }
}
