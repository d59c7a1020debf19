using LogPipeline.Formats;
using LogPipeline.Tailing;

namespace LogPipeline.Joining;

/// <summary>
/// Joins the entries of one stream of files into records, each sub-stream in a lane of its own. Where a record begins and ends follows
/// from the entries and from what <see cref="Cut"/> and <see cref="ExpectExtent"/> were told, never from a clock or from the chunks' borders.
/// <para>
/// Cuts, all by content: parts of a line are put together until its last part (or the line's limit); lines by the rule; limits of
/// lines and bytes; a gap between the timestamps of two lines longer than <see cref="JoiningRule.FlushAfter"/> (steps back do
/// not count, and nothing cuts inside a line). A line that fits no grammar is a record of its own.
/// </para>
/// <para>
/// Borrowing: while a chunk lives, the text of pending lines stays in it. <see cref="EndChunk"/> must be called, with the same chunk,
/// before its buffer is reused and before <see cref="Cut"/> and <see cref="End"/>; adding may go on with the same chunk. Not thread-safe.
/// </para>
/// </summary>
public sealed class RecordJoiner(JoiningRule rule)
{
    private readonly LaneJoiner?[] _lanes = new LaneJoiner?[3];

    public JoiningRule Rule { get; } = rule;

    /// <summary>
    /// Adds the next entry of its sub-stream; <paramref name="chunk"/> is the buffer that the entry's text positions refer to, the same
    /// until <see cref="EndChunk"/>. Records that it completes are handed to the sink.
    /// </summary>
    public void Add<TSink>(in LogEntry entry, ReadOnlySpan<byte> chunk, long fileOrdinal, ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        LaneJoiner lane = _lanes[(int)entry.SubStream] ?? Lane(entry.SubStream);
        if (entry.Flags == EntryFlags.None && lane.PassesLines)
        {
            sink.Accept(new JoinedRecord
            {
                Start = new StreamPosition(fileOrdinal, entry.OffsetBytes),
                SourceLengthBytes = entry.LengthBytes,
                SubStream = entry.SubStream,
                TimestampNanos = entry.TimestampNanos,
                Flags = RecordFlags.None,
                Lines = 1,
                Text = chunk.Slice(entry.TextStart, entry.TextLength),
            });
            return;
        }

        bool isFormatError = (entry.Flags & EntryFlags.FormatError) != 0;
        bool isCut = (entry.Flags & EntryFlags.Truncated) != 0;
        var line = new PendingLine
        {
            Start = new StreamPosition(fileOrdinal, entry.OffsetBytes),
            SubStream = entry.SubStream,
            SourceLengthBytes = entry.LengthBytes,
            FirstTimestamp = entry.TimestampNanos,
            LastTimestamp = entry.TimestampNanos,
            TextStart = entry.TextStart,
            TextLength = entry.TextLength,
            PhysicalLines = 1,
            LogicalLines = 1,
            IsOpen = entry.IsPartial && !isCut && !isFormatError,
            IsCut = isCut,
            IsFormatError = isFormatError,
        };
        lane.Add(line, new StreamPosition(fileOrdinal, entry.OffsetBytes + entry.LengthBytes), chunk, ref sink);
    }

    /// <summary>The chunk's buffer goes away, or a cut follows: the text of what is pending is copied into buffers of the joiner's own.</summary>
    public void EndChunk(ReadOnlySpan<byte> chunk)
    {
        foreach (LaneJoiner? lane in _lanes) lane?.Own(chunk);
    }

    public bool HasPending(SubStream subStream) => _lanes[(int)subStream] is { HasPending: true };

    /// <summary>First byte of the first record of the lane that was not handed on; null when there is none.</summary>
    public StreamPosition? PendingStart(SubStream subStream) =>
        _lanes[(int)subStream] is { HasPending: true } lane ? lane.PendingStart : null;

    /// <summary>Where the last physical line that was added to the lane ends, if anything is pending there: the place of a cut.</summary>
    public StreamPosition? PendingEnd(SubStream subStream) =>
        _lanes[(int)subStream] is { HasPending: true } lane ? lane.End : null;

    /// <summary>Something is pending and its last line is complete: silence never cuts inside a line.</summary>
    public bool CanCut(SubStream subStream) => _lanes[(int)subStream] is { HasPending: true, IsInsideLine: false };

    /// <summary>
    /// Ends what is pending in the lane now: a cut on silence that is durable, or a change of rule. Undecided lines become records
    /// of their own. A line whose parts are still coming (only a change of rule ends one) is cut as at a limit.
    /// </summary>
    /// <exception cref="InvalidOperationException">Text is pending in a chunk that was not ended.</exception>
    public void Cut<TSink>(SubStream subStream, ref TSink sink)
        where TSink : IRecordSink, allows ref struct =>
        _lanes[(int)subStream]?.Cut(ref sink);

    /// <summary>The stream has ended: what is pending in all lanes is handed on. The next entry begins anew.</summary>
    /// <exception cref="InvalidOperationException">Text is pending in a chunk that was not ended.</exception>
    public void End<TSink>(ref TSink sink)
        where TSink : IRecordSink, allows ref struct
    {
        foreach (LaneJoiner? lane in _lanes) lane?.Finish(ref sink);
    }

    /// <summary>One lane has ended: what is pending in it is handed on, a line whose parts were still coming as one that never got its end.</summary>
    /// <exception cref="InvalidOperationException">Text is pending in a chunk that was not ended.</exception>
    public void End<TSink>(SubStream subStream, ref TSink sink)
        where TSink : IRecordSink, allows ref struct =>
        _lanes[(int)subStream]?.Finish(ref sink);

    /// <summary>Drops everything pending without handing it on: leaving is not a cut. <see cref="State"/> stays that of the dropped lines' beginning.</summary>
    public void Forget()
    {
        foreach (LaneJoiner? lane in _lanes) lane?.Forget();
    }

    /// <summary>
    /// What <see cref="Restore"/> must be told so that reading again from <see cref="PendingStart"/> (from behind the last entry when nothing
    /// is pending) gives the same records.
    /// </summary>
    public LaneState State(SubStream subStream) => _lanes[(int)subStream]?.State ?? default;

    /// <summary>Sets the state at the next entry of the lane.</summary>
    /// <exception cref="InvalidOperationException">Something is pending in the lane.</exception>
    public void Restore(SubStream subStream, LaneState state)
    {
        if (state != State(subStream)) Lane(subStream).Restore(state);
    }

    /// <summary>
    /// The store has a record that begins at <paramref name="start"/> and accounts for so many source bytes of the sub-stream: whatever
    /// the rule says, a record begins there and ends exactly there. Told before the entry at that place is added. When no entry ends
    /// there, the rule decides.
    /// </summary>
    public void ExpectExtent(SubStream subStream, StreamPosition start, long sourceLengthBytes) =>
        Lane(subStream).Expect(start, sourceLengthBytes);

    private LaneJoiner Lane(SubStream subStream) => _lanes[(int)subStream] ??= new LaneJoiner(Rule);
}
