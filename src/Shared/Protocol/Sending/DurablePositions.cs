using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Protocol.Messages;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Sending;

/// <summary>Takes what an aggregator made durable over into the checkpoints of a stream's files.</summary>
internal sealed class DurablePositions(StreamLineage lineage)
{
    private readonly Dictionary<(long FileOrdinal, int Range, bool DeadLettered), RangeCount> _counted = [];

    /// <summary>Every checkpoint that changes is added to <paramref name="dirty"/>. Positions never go back.</summary>
    public void Advance(in ResumeSnapshot after, IReadOnlyList<RangeTotal> totals, HashSet<FileCheckpoint> dirty)
    {
        foreach (RangeTotal total in totals) Count(total, dirty);
        foreach (TailedFile file in lineage.Files)
        {
            if (file.Ordinal > after.ReadTo.FileOrdinal) break;
            Advance(file, after);
            dirty.Add(file.Checkpoint);
        }
    }

    /// <summary>A new epoch counts from zero.</summary>
    public void BeginEpoch() => _counted.Clear();

    private void Count(in RangeTotal total, HashSet<FileCheckpoint> dirty)
    {
        // A file that is not held any more was settled with all of its account.
        if (lineage.ByOrdinal(total.FileOrdinal)?.Checkpoint is not { } file) return;
        var key = (total.FileOrdinal, total.Range, total.DeadLettered);
        RangeCount known = _counted.GetValueOrDefault(key);
        if (known == total.Count) return;
        _counted[key] = total.Count;
        RangeCount difference = total.Count with { Records = total.Count.Records - known.Records, Bytes = total.Count.Bytes - known.Bytes };
        if (total.DeadLettered) file.CountDeadLettered(total.Range, difference);
        else file.CountStored(total.Range, difference);
        dirty.Add(file);
    }

    private static void Advance(TailedFile file, in ResumeSnapshot after)
    {
        FileCheckpoint checkpoint = file.Checkpoint;
        foreach (SubStream lane in (ReadOnlySpan<SubStream>)[SubStream.None, SubStream.Stdout, SubStream.Stderr])
        {
            StreamPosition position = after[lane];
            LanePosition known = checkpoint[lane];
            // What is read again lies before what is durable of another sub-stream: positions never go back.
            if (position.FileOrdinal == file.Ordinal && position.OffsetBytes >= known.OffsetBytes)
                checkpoint.LanePositions[(int)lane] = new(position.OffsetBytes, after.StateOf(lane));
            else if (position.FileOrdinal > file.Ordinal)
                checkpoint.LanePositions[(int)lane] = new(Math.Max(file.ReadOffset, known.OffsetBytes), default);
        }
        if (file.CopyTail is { } copyTail) checkpoint.TailCrc = copyTail;
        else checkpoint.TailCrc = after.ReadTo.FileOrdinal == file.Ordinal ? after.Tail : file.Tail;
        checkpoint.SizeBytes = Math.Max(file.SizeBytes, checkpoint.ResumeOffsetBytes);
        if (after.Earliest.FileOrdinal > file.Ordinal && file.Finished) checkpoint.Complete = true;
        int passed = checkpoint.Cuts.RemoveAll(cut => cut.OffsetBytes <= checkpoint[cut.SubStream].OffsetBytes);
        file.NextCut = Math.Max(0, file.NextCut - passed);
    }
}
