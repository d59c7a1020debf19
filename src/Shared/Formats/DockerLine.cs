namespace LogPipeline.Formats;

/// <summary>
/// One line of docker's json-file driver: a JSON object, its members in any order:
/// <code>
/// {"log":"text\n","stream":"stdout","attrs":{…},"time":"2026-11-20T16:40:10.123456789Z"}
/// </code>
/// <c>log</c>, <c>stream</c> (stdout or stderr) and <c>time</c> (<see cref="Rfc3339Nano"/>) are required; <c>attrs</c> is optional; others are skipped; of
/// members with the same name the last counts. Their names are recognised unescaped only, as docker writes them. A <c>log</c> that
/// does not end in a newline is partial. Positions are indices into the line.
/// </summary>
public struct DockerLine
{
    public long TimestampNanos;
    public SubStream SubStream;

    /// <summary>The first byte between the quotes of <c>log</c>.</summary>
    public int LogStart;

    /// <summary>The closing quote of <c>log</c>.</summary>
    public int LogEnd;

    /// <summary>The first backslash in <c>log</c>, or -1.</summary>
    public int LogFirstEscape;

    /// <summary>Where the value of <c>attrs</c> starts; 0 without one.</summary>
    public int AttributesStart;

    /// <summary>The byte behind the value of <c>attrs</c>; 0 without one.</summary>
    public int AttributesEnd;

    /// <summary>
    /// Reads the line that <paramref name="chunk"/> begins with, up to its newline, as docker writes it without attributes: <c>log</c>, <c>stream</c>, <c>time</c>, no blanks. One pass finds the
    /// ends of the text and of the line and unescapes. False, with nothing said, when the line is any other, or when its text is longer than <paramref name="text"/> has room for: then
    /// <see cref="TryParse"/> says what it is.
    /// </summary>
    /// <param name="chunk">The line and what follows it.</param>
    /// <param name="text">Where the unescaped text is written to, see <see cref="JsonUnescaper.TryCopy"/>.</param>
    /// <param name="parsed">The line; <see cref="LogFirstEscape"/> is not looked for.</param>
    /// <param name="textLength">Bytes of the unescaped text.</param>
    /// <param name="lineLength">Bytes of the line, its newline included.</param>
    public static bool TryReadUsual(ReadOnlySpan<byte> chunk, Span<byte> text, out DockerLine parsed, out int textLength, out int lineLength)
    {
        parsed = default;
        (textLength, lineLength) = (0, 0);
        if (!chunk.StartsWith("{\"log\":\""u8)) return false;
        parsed.LogStart = "{\"log\":\""u8.Length;
        if (!JsonUnescaper.TryCopy(chunk, parsed.LogStart, text, out parsed.LogEnd, out textLength)) return false;
        ReadOnlySpan<byte> rest = chunk[parsed.LogEnd..];
        if (rest.StartsWith("\",\"stream\":\"stdout\",\"time\":\""u8)) parsed.SubStream = SubStream.Stdout;
        else if (rest.StartsWith("\",\"stream\":\"stderr\",\"time\":\""u8)) parsed.SubStream = SubStream.Stderr;
        else return false;
        rest = rest["\",\"stream\":\"stdout\",\"time\":\""u8.Length..];
        if (!Rfc3339Nano.TryParse(rest, out parsed.TimestampNanos, out int length) || !rest[length..].StartsWith("\"}\n"u8)) return false;
        lineLength = chunk.Length - rest.Length + length + "\"}\n"u8.Length;
        return true;
    }

    /// <summary>Parses a line without its newline, altering nothing; false when it does not fit the grammar.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out DockerLine parsed)
    {
        parsed = default;
        parsed.TimestampNanos = LogEntry.NoTimestamp;
        int position = 0;
        if (!JsonScanner.SkipBlanks(line, ref position) || line[position++] != '{') return false;

        byte separator;
        do
        {
            if (!JsonScanner.TrySkipName(line, ref position, out ReadOnlySpan<byte> name)) return false;
            if (!parsed.TryReadMember(line, name, ref position)) return false;
            if (!JsonScanner.SkipBlanks(line, ref position)) return false;
            separator = line[position++];
        }
        while (separator == ',');

        // LogStart is never 0: a brace and a quote precede it.
        return separator == '}' && !JsonScanner.SkipBlanks(line, ref position)
            && parsed.LogStart > 0 && parsed.SubStream != SubStream.None && parsed.TimestampNanos != LogEntry.NoTimestamp;
    }

    private bool TryReadMember(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, ref int position)
    {
        if (name.SequenceEqual("log"u8)) return TryReadLog(line, ref position);
        if (name.SequenceEqual("stream"u8)) return TryReadStream(line, ref position);
        if (name.SequenceEqual("time"u8)) return TryReadTime(line, ref position);

        int start = position;
        if (!JsonScanner.TrySkipValue(line, ref position)) return false;
        if (name.SequenceEqual("attrs"u8)) (AttributesStart, AttributesEnd) = (start, position);
        return true;
    }

    private bool TryReadLog(ReadOnlySpan<byte> line, ref int position)
    {
        LogStart = position + 1;
        if (line[position] != '"' || !JsonScanner.TrySkipString(line, ref position, out LogFirstEscape)) return false;
        LogEnd = position - 1;
        return true;
    }

    private bool TryReadStream(ReadOnlySpan<byte> line, ref int position)
    {
        ReadOnlySpan<byte> rest = line[position..];
        SubStream = rest.StartsWith("\"stdout\""u8) ? SubStream.Stdout : rest.StartsWith("\"stderr\""u8) ? SubStream.Stderr : SubStream.None;
        position += "\"stdout\"".Length;
        return SubStream != SubStream.None;
    }

    private bool TryReadTime(ReadOnlySpan<byte> line, ref int position)
    {
        if (line[position] != '"' || !Rfc3339Nano.TryParse(line[(position + 1)..], out TimestampNanos, out int length)) return false;
        position += 1 + length;
        return position < line.Length && line[position++] == '"';
    }
}
