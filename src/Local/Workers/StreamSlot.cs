using LogPipeline.Processing;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Workers;

/// <summary>A stream in its worker, and where it waits.</summary>
internal sealed class StreamSlot(StreamTailer tailer)
{
    public StreamTailer Tailer { get; } = tailer;

    /// <summary>In the worker's queue of streams that may have something to read.</summary>
    public bool Queued { get; set; }

    /// <summary>The tenant among whose <see cref="RoomlessStreams"/> it is; null when it is among none.</summary>
    public string? WaitsForRoomOf { get; set; }

    /// <summary>It is over; it may still stand in a queue.</summary>
    public bool Forgotten { get; set; }

    /// <summary>Of what came into a file after it had been left: that file, and the stream that had left it.</summary>
    public TailedFile? Late { get; init; }

    public StreamSlot? LateOf { get; init; }

    public ReadOutcome Last { get; set; } = ReadOutcome.Progress;
}
