using LogPipeline.Tailing;

namespace LogPipeline.Ledger;

/// <summary>
/// One piece of reading whose records travel in one or more bulk bodies: it is durable when each of them is completed. Touched only by the worker
/// that owns the stream.
/// </summary>
public sealed class ChunkTicket(object owner, int epoch)
{
    private readonly List<(long FileOrdinal, int Range, RangeCount Count)> _stored = [];
    private readonly List<(long FileOrdinal, int Range, RangeCount Count)> _deadLettered = [];

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

    /// <summary>Records that are stored once this is durable, by file and the range in which they begin.</summary>
    public IReadOnlyList<(long FileOrdinal, int Range, RangeCount Count)> Stored => _stored;

    public IReadOnlyList<(long FileOrdinal, int Range, RangeCount Count)> DeadLettered => _deadLettered;

    public void Close(ResumeSnapshot after)
    {
        After = after;
        Closed = true;
    }

    /// <summary>Counts a record as stored, in the index of a day.</summary>
    public void Count(StreamPosition start, long bytes, int day) => Add(_stored, start, new(1, bytes, day, day));

    /// <summary>Moves a record from the stored to the dead-lettered.</summary>
    public void CountDeadLetter(StreamPosition start, long bytes, int day)
    {
        Add(_stored, start, new(-1, -bytes, day, day));
        Add(_deadLettered, start, new(1, bytes, day, day));
    }

    private static void Add(List<(long FileOrdinal, int Range, RangeCount Count)> counts, StreamPosition start, in RangeCount count)
    {
        int range = RangeCount.IndexOf(start.OffsetBytes);
        for (int index = counts.Count - 1; index >= 0; index--)
        {
            if (counts[index].FileOrdinal != start.FileOrdinal || counts[index].Range != range) continue;
            counts[index] = (start.FileOrdinal, range, counts[index].Count.Add(count));
            return;
        }
        counts.Add((start.FileOrdinal, range, count));
    }
}
