namespace LogPipeline.Joining.Traces;

/// <summary>
/// Messages of exceptions that span lines which are not indented, as databases and mappers write them.
/// <code>
/// message  = (header | cause) *(text | indented | blank) 1*frame
/// text     = a line that neither looks like a log line nor opens a shape of its own
/// </code>
/// The lines behind the header are undecided until a frame comes; without one, each is a record of its own.
/// </summary>
internal static class MessageLines
{
    /// <summary>The state behind a line of a trace: a cause (<c>Caused by: </c>, <c>---&gt; </c>) has a message again.</summary>
    public static TraceState AfterFrame(ReadOnlySpan<byte> text, TraceLanguages languages) =>
        (languages & TraceLanguages.Messages) != 0 && (JavaLines.IsNamedCause(text) || text.StartsWith("---> "u8)) ? TraceState.Raised : TraceState.Trace;

    /// <summary>The state behind an indented line that is no frame and follows an exception's header.</summary>
    public static TraceState AfterIndented(TraceState state, TraceLanguages languages) =>
        state == TraceState.Raised || (state == TraceState.Header && (languages & TraceLanguages.Messages) != 0) ? TraceState.Raised : TraceState.Block;

    /// <summary>What a line is that no language took.</summary>
    public static LineVerdict AfterAny(TraceState state, ReadOnlySpan<byte> line, TraceLanguages languages, out TraceState next)
    {
        next = TraceState.Message;
        return state is TraceState.Header or TraceState.Raised or TraceState.Message
            && !BlockOpening.IsLogLine(line) && TraceGrammar.First(line, languages) is TraceState.Plain or TraceState.Bare
            ? LineVerdict.Undecided
            : LineVerdict.Begins;
    }
}
