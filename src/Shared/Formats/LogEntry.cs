namespace LogPipeline.Formats;

/// <summary>
/// What one physical line of a file says: where it stands, and where its text lies in the chunk that was read.
/// Text positions are valid as long as the chunk's buffer is.
/// </summary>
public struct LogEntry
{
    public SubStream SubStream;
    public EntryFlags Flags;

    /// <summary>The runtime's own timestamp in nanoseconds since the Unix epoch, UTC; <see cref="NoTimestamp"/> when the format has none.</summary>
    public long TimestampNanos;

    /// <summary>Offset, in the uncompressed file, of the first byte of the physical line.</summary>
    public long OffsetBytes;

    /// <summary>Bytes of the physical line in the file, prefix and newline included.</summary>
    public int LengthBytes;

    /// <summary>Where the text starts in the chunk's buffer.</summary>
    public int TextStart;

    /// <summary>Bytes of text, line end excluded.</summary>
    public int TextLength;

    /// <summary><see cref="TimestampNanos"/> of an entry without a time of its own.</summary>
    public const long NoTimestamp = long.MinValue;

    public readonly bool IsPartial => (Flags & EntryFlags.Partial) != 0;
}
