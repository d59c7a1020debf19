namespace LogPipeline.Joining.Traces;

/// <summary>Lines that begin with a blank or a tab.</summary>
internal static class IndentedLines
{
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line) => line.TrimStart(" \t"u8);

    /// <summary>
    /// The rest of an indented line is a stack frame of some language: <c>at x</c>, <c>... 3 more</c>, <c>from x.rb:7</c>,
    /// <c>File "x.py"</c>, <c>/src/x.go:42</c>, <c>--- End of</c>, <c>---&gt; </c>, a cause.
    /// </summary>
    public static bool IsFrame(ReadOnlySpan<byte> text)
    {
        if (text.Length < 4) return false;
        return text[0] switch
        {
            (byte)'a' => text.StartsWith("at "u8),
            (byte)'.' => text.Length > 4 && text.StartsWith("... "u8) && LineShape.IsDigit(text[4]),
            (byte)'f' => text.StartsWith("from "u8) && LineShape.PlaceLength(text[5..]) > 0,
            (byte)'F' or (byte)'+' => PythonLines.IsFrame(text),
            (byte)'/' => LineShape.PlaceLength(text) > 0,
            (byte)'-' => text.StartsWith("--- End of "u8) || text.StartsWith("---> "u8),
            (byte)'C' or (byte)'S' or (byte)'W' => JavaLines.IsCause(text),
            _ => false,
        };
    }

    /// <summary>An indented line that is no frame.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty || !LineShape.IsBlank(line[0])) return false;
        ReadOnlySpan<byte> text = Trim(line);
        return !text.IsEmpty && !IsFrame(text);
    }

    public static LineVerdict Next(TraceState state, ReadOnlySpan<byte> line, TraceLanguages languages, out TraceState next)
    {
        next = state;
        if (languages == TraceLanguages.Indented)
        {
            next = TraceState.Block;
            return LineVerdict.Continues;
        }

        ReadOnlySpan<byte> text = Trim(line);
        switch (state)
        {
            case TraceState.Plain or TraceState.Header:
                if (LineShape.BeginsWithTime(text)) return LineVerdict.Begins;
                if (text.IsEmpty)
                {
                    next = TraceState.PlainBlank;
                    return LineVerdict.Undecided;
                }

                next = IsFrame(text) ? MessageLines.AfterFrame(text, languages) : MessageLines.AfterIndented(state, languages);
                return LineVerdict.Continues;
            case TraceState.Block or TraceState.BlockBlank or TraceState.Raised:
                next = IsFrame(text) ? MessageLines.AfterFrame(text, languages) : MessageLines.AfterIndented(state, languages);
                return LineVerdict.Continues;
            case TraceState.Message:
                if (LineShape.BeginsWithTime(text)) return LineVerdict.Begins;
                if (!IsFrame(text)) return LineVerdict.Undecided;
                next = MessageLines.AfterFrame(text, languages);
                return LineVerdict.Continues;
            case TraceState.PlainBlank or TraceState.Orphan:
                if (!IsFrame(text)) return LineVerdict.Begins;
                next = MessageLines.AfterFrame(text, languages);
                return LineVerdict.Continues;
            case TraceState.PlainHeader:
                // A message of several lines may stand between the header and its first frame.
                if (!IsFrame(text)) return LineVerdict.Undecided;
                next = text[0] == '/' && (languages & TraceLanguages.Go) != 0 ? TraceState.GoFrames : TraceState.Trace;
                return LineVerdict.Continues;
            case TraceState.Trace or TraceState.TraceBlank or TraceState.NodeRequire:
                next = MessageLines.AfterFrame(text, languages);
                return LineVerdict.Continues;
            case TraceState.NodePlace or TraceState.NodeSource or TraceState.NodeSourceGuess or TraceState.NodeCaret or TraceState.NodeCaretBlank:
                return NodeLines.Next(state, line, out next);
            case TraceState.PythonTraceback or TraceState.PythonRaised or TraceState.PythonFatal
                or TraceState.GoPanic or TraceState.GoFrames or TraceState.PhpStack:
                return LineVerdict.Continues;
            default:
                return LineVerdict.Begins;
        }
    }
}
