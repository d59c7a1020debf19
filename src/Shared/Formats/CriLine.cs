namespace LogPipeline.Formats;

/// <summary>
/// One line of the Kubernetes container runtime log format, as containerd and CRI-O write it:
/// <code>
/// line   = timestamp " " stream " " flag *( ":" tag ) [ " " text ]
/// stream = "stdout" | "stderr"
/// flag   = "P" | "F"                      P: the logical line goes on in the stream's next entry
/// tag    = any bytes but " " and ":"      ignored; may be empty
/// text   = any bytes                      of any length with either flag
/// </code>
/// The timestamp is <see cref="Rfc3339Nano"/>'s. Some runtimes leave out the last space of a line without text.
/// </summary>
public struct CriLine
{
    public long TimestampNanos;
    public SubStream SubStream;

    /// <summary>Flag <c>P</c>.</summary>
    public bool IsPartial;

    /// <summary>Where the text starts in the line; the line's length when there is none.</summary>
    public int TextStart;

    /// <summary>Parses a line without its newline; false when it does not fit the grammar.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out CriLine parsed)
    {
        parsed = default;
        if (!Rfc3339Nano.TryParse(line, out parsed.TimestampNanos, out int position)) return false;

        // " stdout F" at the least
        ReadOnlySpan<byte> rest = line[position..];
        if (rest.Length < 9) return false;
        if (rest.StartsWith(" stdout "u8)) parsed.SubStream = SubStream.Stdout;
        else if (rest.StartsWith(" stderr "u8)) parsed.SubStream = SubStream.Stderr;
        else return false;

        byte flag = rest[8];
        parsed.IsPartial = flag == 'P';
        if (!parsed.IsPartial && flag != 'F') return false;

        int end = 9;
        if (rest.Length > end && rest[end] == ':')
        {
            int space = rest[end..].IndexOf((byte)' ');
            end = space < 0 ? rest.Length : end + space;
        }

        if (rest.Length > end && rest[end++] != ' ') return false;
        parsed.TextStart = position + end;
        return true;
    }
}
