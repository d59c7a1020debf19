using LogPipeline.Tailing;

namespace LogPipeline.Ledger;

/// <summary>
/// One piece of reading whose records travel in one or more bulk bodies: it is durable when each of them is completed. Touched only by the worker
/// that owns the stream.
/// </summary>
public sealed class ChunkTicket(object owner, int epoch)
{
    private readonly List<(StreamPosition Range, long Records, long Bytes)> _stored = [];
    private readonly List<(StreamPosition Start, long Bytes)> _deadLettered = [];

    /// <summary>The stream's reader.</summary>
    public object Owner { get; } = owner;

    /// <summary>The stream's epoch when it was read; a rewind makes all older tickets void.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Bodies that hold a part of it and are not completed.</summary>
    public int OutstandingBodies { get; set; }

    /// <summary>All of its records have been handed on; <see cref="After"/> is set.</summary>
    public bool Closed { get; private set; }

    /// <summary>The resume point behind it.</summary>
    public ResumeSnapshot After { get; private set; }

    public bool IsDurable => Closed && OutstandingBodies == 0;

    /// <summary>Records that are stored once this is durable, by the 16 MiB range in which they begin (the range's first byte).</summary>
    public IReadOnlyList<(StreamPosition Range, long Records, long Bytes)> Stored => _stored;

    public IReadOnlyList<(StreamPosition Start, long Bytes)> DeadLettered => _deadLettered;

    public void Close(ResumeSnapshot after)
    {
        After = after;
        Closed = true;
    }

    /// <summary>Counts a record as stored.</summary>
    public void Count(StreamPosition start, long bytes) => Count(start, 1, bytes);

    /// <summary>Moves a record from the stored to the dead-lettered.</summary>
    public void CountDeadLetter(StreamPosition start, long bytes)
    {
        Count(start, -1, -bytes);
        _deadLettered.Add((start, bytes));
    }

    private void Count(StreamPosition start, long records, long bytes)
    {
        var range = new StreamPosition(start.FileOrdinal, start.OffsetBytes - (start.OffsetBytes % RangeCount.RangeBytes));
        for (int index = _stored.Count - 1; index >= 0; index--)
        {
            if (_stored[index].Range != range) continue;
            _stored[index] = (range, _stored[index].Records + records, _stored[index].Bytes + bytes);
            return;
        }
        _stored.Add((range, records, bytes));
    }
}
