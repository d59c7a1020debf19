using LogPipeline.Formats;
using LogPipeline.Tailing;

namespace LogPipeline.Joining;

/// <summary>
/// A piece of what a lane has not yet handed on: the record being joined (always the first), an undecided logical line, or a line
/// whose parts are still coming.
/// </summary>
internal struct PendingLine
{
    public StreamPosition Start;
    public SubStream SubStream;
    public long SourceLengthBytes;

    /// <summary>Timestamps of its first and last entry; <see cref="LogEntry.NoTimestamp"/> when they have none.</summary>
    public long FirstTimestamp;
    public long LastTimestamp;

    /// <summary>Where the text lies: in the chunk while it lives, later in the lane's own buffer (<see cref="PendingLines"/> knows which).</summary>
    public int TextStart;
    public int TextLength;

    public int PhysicalLines;
    public int LogicalLines;

    /// <summary>Its logical line goes on in the next entry.</summary>
    public bool IsOpen;

    /// <summary>Its logical line was cut at a limit; the rest is another record.</summary>
    public bool IsCut;

    /// <summary>The stream ended while it was open.</summary>
    public bool IsUnterminated;

    public bool IsFormatError;
}
