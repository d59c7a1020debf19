using LogPipeline.Ledger;

namespace LogPipeline.Processing;

/// <summary>A file whose bytes are made into records, wherever they come from: its checkpoint, and how far that has come. Owned by one worker or actor.</summary>
public abstract class FileProgress(FileCheckpoint checkpoint)
{
    public FileCheckpoint Checkpoint { get; } = checkpoint;

    public long Ordinal => Checkpoint.Ordinal;

    /// <summary>The first byte that was not yet made into an entry (by a node: not yet sent): the beginning of a line, or of a piece of one.</summary>
    public long ReadOffset { get; set; } = checkpoint.ResumeOffsetBytes;

    /// <summary>Per sub-stream, entries before this offset are durable and are passed over.</summary>
    public long[] SkipBefore { get; } = [.. checkpoint.LanePositions.Select(lane => lane.OffsetBytes)];

    /// <summary>Bytes before this offset may have been sent by an earlier process, or under an earlier epoch.</summary>
    public long ReplayEnd { get; set; }

    /// <summary>Of the checkpoint's cuts on silence, the first that reading has not passed yet.</summary>
    public int NextCut { get; set; }
}
