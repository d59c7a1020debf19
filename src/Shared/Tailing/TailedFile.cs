using LogPipeline.Ledger;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>One file that is being read: its open descriptor, its checkpoint, and how far it was read. Owned by one worker.</summary>
public sealed class TailedFile(FileCheckpoint checkpoint, DiscoveredFile found, ILogFileHandle handle) : IDisposable
{
    public FileCheckpoint Checkpoint { get; } = checkpoint;

    /// <summary>As it was last seen in its directory.</summary>
    public DiscoveredFile Found { get; set; } = found;

    /// <summary>Open until everything in it was read; null when it was given up or nothing more can come.</summary>
    public ILogFileHandle? Handle { get; private set; } = handle;

    public long Ordinal => Checkpoint.Ordinal;

    /// <summary>The first byte that was not yet made into an entry: the beginning of a line, or of a piece of one.</summary>
    public long ReadOffset { get; set; } = checkpoint.ResumeOffsetBytes;

    /// <summary>No newline stands between <see cref="ReadOffset"/> and here.</summary>
    public long NoNewlineUntil { get; set; }

    /// <summary>The CRC of what stands before <see cref="ReadOffset"/>, as far as it was read by this process or recorded.</summary>
    public TailCrc Tail { get; set; } = checkpoint.TailCrc;

    /// <summary>Per sub-stream, entries before this offset are durable and are passed over.</summary>
    public long[] SkipBefore { get; } = [.. checkpoint.LanePositions.Select(lane => lane.OffsetBytes)];

    /// <summary>Bytes before this offset may have been sent by an earlier process.</summary>
    public long ReplayEnd { get; set; }

    /// <summary>Bytes that an earlier process may have sent and that were not read again yet.</summary>
    public long ReplayLeftBytes => Math.Max(0, ReplayEnd - ReadOffset);

    /// <summary>Cuts on silence at or behind the resume point that reading has not passed yet.</summary>
    public int NextCut { get; set; }

    /// <summary>The first line, where the pin depends on it (docker's attributes); else empty.</summary>
    public byte[] FirstLine { get; init; } = [];

    /// <summary>What the configuration in force now would record for it; null until it is asked for.</summary>
    public Pin? WantedPin { get; set; }

    /// <summary>When it stopped being the live file of its stream, in <see cref="TimeProvider.GetTimestamp"/> units; null while it is.</summary>
    public long? LeftAt { get; set; }

    /// <summary>Its name is gone from the directory.</summary>
    public bool Deleted { get; set; }

    /// <summary>Read to its end, and its successor is being read.</summary>
    public bool Finished { get; set; }

    /// <summary>Size at the last look; of a compressed file, what was read so far.</summary>
    public long SizeBytes { get; set; } = checkpoint.SizeBytes;

    /// <summary>
    /// Draws the horizon in, to so many bytes behind all that may have been sent: what lies before it is read again and looked up after a crash, so that a far
    /// one costs a restart. To be called before a commit; what is sent behind it extends it, and is committed, first.
    /// </summary>
    public void DrawHorizonIn(long aheadBytes) => Checkpoint.HorizonBytes = Math.Min(Checkpoint.HorizonBytes, Math.Max(ReadOffset, ReplayEnd) + aheadBytes);

    /// <summary>Attaches another descriptor with the same content (a sibling found after a truncation, or after the first was given up).</summary>
    public void Attach(ILogFileHandle handle, DiscoveredFile found)
    {
        Handle?.Dispose();
        Handle = handle;
        Found = found;
    }

    public void Close()
    {
        Handle?.Dispose();
        Handle = null;
    }

    public void Dispose() => Close();
}
