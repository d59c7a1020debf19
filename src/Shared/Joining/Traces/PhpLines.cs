namespace LogPipeline.Joining.Traces;

/// <summary>
/// PHP. Each line may carry error_log's own time in brackets.
/// <code>
/// record = line ("Stack trace:" | "[stacktrace]" | "PHP Stack trace:" | "#0 " …) *frame
/// frame  = "#" n " " … | "PHP " n ". " … | indented | "Next " … | "Stack trace:" | closer     ; the closer ends Monolog's context
/// </code>
/// </summary>
internal static class PhpLines
{
    private const int MaxTimeLength = 64;

    public static TraceState First(ReadOnlySpan<byte> line) => IsNumbered(line) && line.Contains((byte)'/') ? TraceState.PhpStack : TraceState.Plain;

    public static LineVerdict AfterAny(TraceState state, ReadOnlySpan<byte> line, out TraceState next)
    {
        next = TraceState.PhpStack;
        if (state is not (TraceState.Plain or TraceState.Header or TraceState.Block)) return LineVerdict.Begins;
        return line[0] is (byte)'S' or (byte)'[' or (byte)'P' or (byte)'#' && (IsStackTitle(line) || line.StartsWith("#0 "u8))
            ? LineVerdict.Continues
            : LineVerdict.Begins;
    }

    public static LineVerdict Next(ReadOnlySpan<byte> line, out TraceState next)
    {
        next = TraceState.PhpStack;
        if (IsNumbered(line) || IsStackTitle(line) || line.StartsWith("Next "u8)) return LineVerdict.Continues;
        ReadOnlySpan<byte> text = WithoutTime(line);
        if (text.StartsWith("PHP "u8))
        {
            ReadOnlySpan<byte> number = text["PHP "u8.Length..].TrimStart((byte)' ');
            int digits = number.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            return digits > 0 && number[digits..].StartsWith(". "u8) ? LineVerdict.Continues : LineVerdict.Begins;
        }

        next = TraceState.Closed;
        return line.StartsWith("\"}"u8) && LineShape.IsCloser(line[1..]) ? LineVerdict.Continues : LineVerdict.Begins;
    }

    private static bool IsStackTitle(ReadOnlySpan<byte> line)
    {
        if (line.SequenceEqual("Stack trace:"u8) || line.SequenceEqual("[stacktrace]"u8)) return true;
        ReadOnlySpan<byte> text = WithoutTime(line);
        return text.SequenceEqual("PHP Stack trace:"u8) || (text.Length < line.Length && text.SequenceEqual("Stack trace:"u8));
    }

    private static bool IsNumbered(ReadOnlySpan<byte> line)
    {
        if (line[0] != '#') return false;
        int digits = line[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits > 0 && line[digits + 1] == ' ';
    }

    private static ReadOnlySpan<byte> WithoutTime(ReadOnlySpan<byte> line)
    {
        if (line[0] != '[') return line;
        int close = line[..Math.Min(line.Length, MaxTimeLength)].IndexOf("] "u8);
        return close < 0 ? line : line[(close + 2)..];
    }
}
