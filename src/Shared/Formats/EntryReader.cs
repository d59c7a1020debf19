using System.Runtime.CompilerServices;
using LogPipeline.Sources;

namespace LogPipeline.Formats;

/// <summary>
/// Splits chunks of a file into entries, one for each physical line, by the grammar of the file's format: <see cref="CriLine"/>,
/// <see cref="DockerLine"/>, or plain text. Stateless between calls: what an entry says depends on the file's bytes from the line's
/// beginning on, never on where a chunk ends. Never throws, whatever the bytes; allocates nothing. Safe for many threads, each with its own chunk.
/// <para>
/// Plain: the text is the line, any bytes, without its <c>\n</c> and one <c>\r</c> before that, and without the byte order mark at the file's beginning. CRI: the text is kept as it is (the
/// runtime has dropped the <c>\r</c>). Docker: the text is the value of <c>log</c>, unescaped, without its final <c>\n</c> and one <c>\r</c> before that.
/// A line that fits no grammar (an empty one in a CRI file, too) is an entry of its own: <see cref="EntryFlags.FormatError"/>,
/// <see cref="SubStream.None"/>, <see cref="LogEntry.NoTimestamp"/>, text the line as it is without its <c>\n</c>.
/// </para>
/// </summary>
public sealed class EntryReader
{
    /// <summary>The smallest <c>maxLineBytes</c>: the longest UTF-8 sequence, so that a cut between characters always moves on.</summary>
    public const int MinLineBytes = 4;

    /// <summary>The largest <c>maxLineBytes</c>: docker's escapes make lines 6 times as long, and a line's length is an <see cref="int"/>.</summary>
    public const int MaxLineBytes = 256 * 1024 * 1024;

    /// <summary>What containerd, CRI-O and docker put into one line at most.</summary>
    private const int RuntimeSplitBytes = 16 * 1024;

    /// <summary>Room for a CRI line's timestamp, stream, flag and tags.</summary>
    private const int CriPrefixBytes = 1024;

    /// <summary>A byte of text as docker escapes it at worst: <c>\u00XX</c>.</summary>
    private const int DockerEscapeBytes = 6;

    /// <summary>Room for a docker line's other members, <c>attrs</c> above all.</summary>
    private const int DockerMembersBytes = 64 * 1024;

    /// <summary>Bytes of text up to which a docker line is read in one pass.</summary>
    private const int ShortDockerText = 4096;

    private readonly LogFormat _format;

    /// <param name="format">The grammar of the file's lines.</param>
    /// <param name="maxLineBytes">The longest text to expect, from <see cref="MinLineBytes"/> to <see cref="MaxLineBytes"/>; otherwise throws <see cref="ArgumentOutOfRangeException"/>.</param>
    public EntryReader(LogFormat format, int maxLineBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLineBytes, MinLineBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxLineBytes, MaxLineBytes);
        _format = format;
        MaxPhysicalLineBytes = format switch
        {
            LogFormat.Plain => maxLineBytes,
            LogFormat.Cri => Math.Max(maxLineBytes, RuntimeSplitBytes) + CriPrefixBytes,
            LogFormat.Docker => (DockerEscapeBytes * Math.Max(maxLineBytes, RuntimeSplitBytes)) + DockerMembersBytes,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No such format."),
        };
    }

    /// <summary>
    /// Bytes of a physical line without its newline, at most. A longer one is cut there (up to 3 bytes earlier, between characters,
    /// where the text is UTF-8): the piece is an entry with <see cref="EntryFlags.Truncated"/>, and what follows is read as the next line. In CRI and
    /// docker files the pieces behind the first fit no grammar.
    /// </summary>
    public int MaxPhysicalLineBytes { get; }

    /// <summary>
    /// Reads the line that begins at <paramref name="position"/> and moves <paramref name="position"/> behind its newline. False, with
    /// nothing changed, when the chunk does not hold all of it: the caller then presents the same bytes with more behind them, up to
    /// <see cref="MaxPhysicalLineBytes"/> + 1, from which on the answer is never false.
    /// </summary>
    /// <param name="chunk">
    /// Bytes of the file as they are there. Docker's <c>log</c> is unescaped in place, so a line that has been read must not be read
    /// again from the same buffer; all else is left as it is.
    /// </param>
    /// <param name="position">Where in the chunk the line begins.</param>
    /// <param name="chunkOffsetBytes">Offset in the uncompressed file of the chunk's first byte.</param>
    /// <param name="endOfFile">
    /// Nothing will ever follow the chunk: the unterminated rest is a line (of CRI or docker, if it fits the grammar as it is).
    /// </param>
    /// <param name="entry">The entry; unchanged when false is returned.</param>
    public bool TryRead(Span<byte> chunk, ref int position, long chunkOffsetBytes, bool endOfFile, ref LogEntry entry)
    {
        Span<byte> rest = chunk[position..];
        if (_format == LogFormat.Docker && TryReadUsualDocker(rest, ref position, chunkOffsetBytes, ref entry)) return true;
        EntryFlags flags = EntryFlags.None;
        int length = rest[..Math.Min(rest.Length, MaxPhysicalLineBytes + 1)].IndexOf((byte)'\n');
        int consumed = length + 1;
        if (length < 0)
        {
            if (rest.Length > MaxPhysicalLineBytes)
            {
                length = CutBetweenCharacters(rest, MaxPhysicalLineBytes);
                flags = EntryFlags.Truncated;
            }
            else if (endOfFile && rest.Length > 0) length = rest.Length;
            else return false;
            consumed = length;
        }

        entry.OffsetBytes = chunkOffsetBytes + position;
        entry.LengthBytes = consumed;
        entry.TextStart = position;
        entry.Flags = flags;
        Span<byte> line = rest[..length];
        switch (_format)
        {
            case LogFormat.Cri:
                ReadCri(line, ref entry);
                break;
            case LogFormat.Docker:
                ReadDocker(line, ref entry);
                break;
            default:
                ReadPlain(line, isTerminated: consumed > length, ref entry);
                break;
        }

        position += consumed;
        return true;
    }

    private static void ReadPlain(ReadOnlySpan<byte> line, bool isTerminated, ref LogEntry entry)
    {
        entry.SubStream = SubStream.None;
        entry.TimestampNanos = LogEntry.NoTimestamp;
        int mark = entry.OffsetBytes == 0 && line.StartsWith("\uFEFF"u8) ? 3 : 0;
        entry.TextStart += mark;
        entry.TextLength = (isTerminated ? WithoutCarriageReturn(line) : line.Length) - mark;
    }

    private static void ReadCri(ReadOnlySpan<byte> line, ref LogEntry entry)
    {
        if (!CriLine.TryParse(line, out CriLine parsed))
        {
            KeepWhole(line, ref entry);
            return;
        }

        entry.SubStream = parsed.SubStream;
        entry.TimestampNanos = parsed.TimestampNanos;
        if (parsed.IsPartial) entry.Flags |= EntryFlags.Partial;
        entry.TextStart += parsed.TextStart;
        entry.TextLength = line.Length - parsed.TextStart;
    }

    [SkipLocalsInit]
    private static bool TryReadUsualDocker(Span<byte> rest, ref int position, long chunkOffsetBytes, ref LogEntry entry)
    {
        Span<byte> text = stackalloc byte[ShortDockerText + JsonUnescaper.Overshoot];
        if (!DockerLine.TryReadUsual(rest, text, out DockerLine parsed, out int textLength, out int lineLength)) return false;
        entry.OffsetBytes = chunkOffsetBytes + position;
        entry.LengthBytes = lineLength;
        entry.TextStart = position;
        entry.Flags = EntryFlags.None;
        Span<byte> log = rest.Slice(parsed.LogStart, textLength);
        text[..textLength].CopyTo(log);
        TakeDocker(parsed, log, ref entry);
        position += lineLength;
        return true;
    }

    private static void ReadDocker(Span<byte> line, ref LogEntry entry)
    {
        if (!DockerLine.TryParse(line, out DockerLine parsed))
        {
            KeepWhole(line, ref entry);
            return;
        }

        Span<byte> log = line[parsed.LogStart..parsed.LogEnd];
        if (parsed.LogFirstEscape >= 0) log = log[..JsonUnescaper.UnescapeInPlace(log, parsed.LogFirstEscape - parsed.LogStart)];
        TakeDocker(parsed, log, ref entry);
    }

    private static void TakeDocker(in DockerLine parsed, ReadOnlySpan<byte> log, ref LogEntry entry)
    {
        entry.SubStream = parsed.SubStream;
        entry.TimestampNanos = parsed.TimestampNanos;
        entry.TextStart += parsed.LogStart;
        if (log.EndsWith("\n"u8)) entry.TextLength = WithoutCarriageReturn(log[..^1]);
        else
        {
            entry.Flags |= EntryFlags.Partial;
            entry.TextLength = log.Length;
        }
    }

    private static void KeepWhole(ReadOnlySpan<byte> line, ref LogEntry entry)
    {
        entry.SubStream = SubStream.None;
        entry.TimestampNanos = LogEntry.NoTimestamp;
        entry.Flags |= EntryFlags.FormatError;
        entry.TextLength = line.Length;
    }

    private static int WithoutCarriageReturn(ReadOnlySpan<byte> line) => line.EndsWith("\r"u8) ? line.Length - 1 : line.Length;

    /// <summary>
    /// The largest cut up to <paramref name="length"/> that does not split a UTF-8 sequence; <paramref name="length"/> itself where
    /// the bytes around it are none.
    /// </summary>
    private static int CutBetweenCharacters(ReadOnlySpan<byte> text, int length)
    {
        for (int back = 0; back <= 3; back++)
        {
            byte b = text[length - back];
            if ((b & 0xC0) == 0x80) continue; // inside a sequence: look for its first byte
            int sequence = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : b >= 0xC0 ? 2 : 1;
            return sequence > back ? length - back : length;
        }

        return length;
    }
}
