using LogPipeline.Processing;

namespace LogPipeline.Local.Workers;

/// <summary>A stream in its worker, and where it waits.</summary>
internal sealed class StreamSlot(StreamTailer tailer)
{
    public StreamTailer Tailer { get; } = tailer;

    /// <summary>In the worker's queue of streams that may have something to read.</summary>
    public bool Queued { get; set; }

    /// <summary>It was told of new bytes while its tenant had no room.</summary>
    public bool AwaitsRoom { get; set; }

    public ReadOutcome Last { get; set; } = ReadOutcome.Progress;
}
