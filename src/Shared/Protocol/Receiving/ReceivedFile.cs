using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Protocol.Receiving;

/// <summary>A file of which chunks arrive: what its header said, and how far it was made into entries.</summary>
internal sealed class ReceivedFile : FileProgress
{
    public ReceivedFile(FileHeader header) : base(header.File) => ReplayEnd = header.ReplayEnd;

    /// <summary>Pins were added since: only they count, as positions are those of the epoch's beginning.</summary>
    public void Update(FileHeader later)
    {
        Checkpoint.Pins.Clear();
        Checkpoint.Pins.AddRange(later.File.Pins);
    }
}
