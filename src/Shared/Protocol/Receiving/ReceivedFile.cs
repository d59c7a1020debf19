using LogPipeline.Ledger;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Protocol.Receiving;

/// <summary>A file of which chunks arrive: what its header said, and how far it was made into entries.</summary>
internal sealed class ReceivedFile(FileHeader header)
{
    public FileCheckpoint Checkpoint { get; } = header.File;

    public long Ordinal => Checkpoint.Ordinal;

    public int Restart { get; } = header.Restart;

    /// <summary>Bytes before this offset may have been sent under an earlier epoch.</summary>
    public long ReplayEnd { get; } = header.ReplayEnd;

    /// <summary>The first byte that was not yet made into an entry.</summary>
    public long ReadOffset { get; set; } = header.File.ResumeOffsetBytes;

    /// <summary>Cuts on silence that reading has not passed yet.</summary>
    public int NextCut { get; set; }

    /// <summary>Entries of a sub-stream before its own resume point are durable and are passed over.</summary>
    public long SkipBefore(int lane) => Checkpoint.LanePositions[lane].OffsetBytes;

    /// <summary>Pins were added since: only they count, as positions are those of the epoch's beginning.</summary>
    public void Update(FileHeader later)
    {
        Checkpoint.Pins.Clear();
        Checkpoint.Pins.AddRange(later.File.Pins);
    }
}
