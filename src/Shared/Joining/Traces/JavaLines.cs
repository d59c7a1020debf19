namespace LogPipeline.Joining.Traces;

/// <summary>
/// Java and .NET: <c>package.Type: message</c>, then indented frames, then <c>Caused by:</c> or <c>--- End of …</c>. A header joins the
/// log line before it only once a frame follows; <see cref="MessageLines"/> may stand between.
/// </summary>
internal static class JavaLines
{
    public const TraceLanguages Languages = TraceLanguages.Java | TraceLanguages.DotNet;

    public static TraceState First(ReadOnlySpan<byte> line) =>
        IsCause(line) ? TraceState.Trace
        : line.StartsWith("Exception in thread "u8) || line.StartsWith("Unhandled exception"u8) || LineShape.IsTypeHeader(line) ? TraceState.Header
        : TraceState.Plain;

    public static LineVerdict AfterAny(TraceState state, ReadOnlySpan<byte> line, TraceLanguages languages, out TraceState next)
    {
        next = MessageLines.AfterFrame(line, languages);
        if (state is not TraceState.PlainBlank && IsCause(line)) return LineVerdict.Continues;
        next = (languages & TraceLanguages.Messages) != 0 && line.Contains((byte)':') ? TraceState.Message : TraceState.PlainHeader;
        return state is TraceState.Plain or TraceState.PlainBlank && LineShape.IsTypeHeader(line) ? LineVerdict.Undecided : LineVerdict.Begins;
    }

    public static bool IsCause(ReadOnlySpan<byte> text) => IsNamedCause(text) || text.StartsWith("--- End of "u8);

    /// <summary>A cause that names an exception, with its message.</summary>
    public static bool IsNamedCause(ReadOnlySpan<byte> text) => text.Length > 0 && text[0] switch
    {
        (byte)'C' => text.StartsWith("Caused by: "u8),
        (byte)'S' => text.StartsWith("Suppressed: "u8),
        (byte)'W' => text.StartsWith("Wrapped by: "u8),
        _ => false,
    };
}
