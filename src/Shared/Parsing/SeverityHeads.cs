using System.Buffers;

namespace LogPipeline.Parsing;

/// <summary>Severity of the first lines of stack traces and crashes, which carry no level.</summary>
internal static class SeverityHeads
{
    private static readonly SearchValues<byte> s_typeName = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$.+`:"u8);

    /// <summary><paramref name="goesOn"/>: the record has more lines than this.</summary>
    public static Severity Find(ReadOnlySpan<byte> line, bool goesOn)
    {
        switch (line[0])
        {
            case (byte)'p' when line.StartsWith("panic: "u8):
            case (byte)'f' when line.StartsWith("fatal error: "u8):
            case (byte)'F' when line.StartsWith("Fatal Python error: "u8):
                return Severity.Fatal;
            case (byte)'E' when line.StartsWith("Exception in thread "u8):
            case (byte)'T' when line.StartsWith("Traceback (most recent call last)"u8):
            case (byte)'+' when line.StartsWith("+ Exception Group Traceback"u8):
            case (byte)'F' when goesOn && line.StartsWith("File \""u8):
            case (byte)'U' when line.StartsWith("Unhandled exception"u8) || line.StartsWith("Uncaught "u8):
            case (byte)'C' when line.StartsWith("Caused by: "u8):
                return Severity.Error;
            case (byte)'P' or (byte)'[' when Php(line) is var severity and not Severity.Unspecified:
                return severity;
            case (byte)'(' when line.StartsWith("(node:"u8) && line.IndexOf("Warning: "u8) >= 0:
                return Severity.Warn;
            case (byte)'/' when Place(line, goesOn):
            case (byte)'n' when line.StartsWith("node:"u8) && Place(line["node:"u8.Length..], goesOn):
                return Severity.Error;
        }

        return IsThrown(line) ? Severity.Error : Severity.Unspecified;
    }

    /// <summary>A type that ends in Error or Exception, alone on the line or followed by a colon: <c>java.lang.X: …</c>, <c>TypeError: …</c>.</summary>
    private static bool IsThrown(ReadOnlySpan<byte> line)
    {
        int end = line.IndexOfAnyExcept(s_typeName);
        ReadOnlySpan<byte> name = end < 0 ? line : line[..end];
        if (end >= 0)
        {
            if (line[end] != ' ' || name.IsEmpty || name[^1] != ':') return false;
            name = name[..^1];
        }

        // A name alone needs a package: "Error" by itself is a word.
        return (name.EndsWith("Error"u8) || name.EndsWith("Exception"u8)) && (end >= 0 || name.Contains((byte)'.'));
    }

    /// <summary>PHP's own: <c>PHP Fatal error:  …</c>, maybe behind a time in brackets.</summary>
    private static Severity Php(ReadOnlySpan<byte> line)
    {
        if (line[0] == '[')
        {
            int close = line.IndexOf("] "u8);
            line = close < 0 ? default : line[(close + 2)..];
        }

        if (!line.StartsWith("PHP "u8)) return Severity.Unspecified;
        line = line["PHP "u8.Length..];
        return line.StartsWith("Fatal error:"u8) || line.StartsWith("Recoverable fatal error:"u8) ? Severity.Fatal
            : line.StartsWith("Parse error:"u8) ? Severity.Error
            : line.StartsWith("Warning:"u8) || line.StartsWith("Deprecated:"u8) ? Severity.Warn
            : line.StartsWith("Notice:"u8) ? Severity.Info
            : Severity.Unspecified;
    }

    /// <summary>Ruby's <c>path:12:in `x': message (Type)</c>, and the place that Node prints above an uncaught error.</summary>
    private static bool Place(ReadOnlySpan<byte> line, bool goesOn)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0) return false;
        ReadOnlySpan<byte> rest = line[(colon + 1)..];
        int digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0) return goesOn && !rest.IsEmpty;
        return digits > 0 && (rest[digits..].StartsWith(":in `"u8) || rest[digits..].StartsWith(":in '"u8));
    }
}
