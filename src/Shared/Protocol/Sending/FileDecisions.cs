using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tenancy;

namespace LogPipeline.Protocol.Sending;

/// <summary>What a tailer decides for a file before bytes of it are sent, and makes durable first: how far it may send, and the pin in force.</summary>
internal static class FileDecisions
{
    /// <summary>How far beyond what was read the horizon is set, so that it is made durable rarely.</summary>
    private const long HorizonStepBytes = 32 << 20;

    /// <summary>Bytes up to an offset are about to be sent. True when the checkpoint has changed.</summary>
    public static bool ExtendHorizon(FileCheckpoint file, long endOffset)
    {
        if (endOffset <= file.HorizonBytes) return false;
        file.HorizonBytes = endOffset + HorizonStepBytes;
        return true;
    }

    /// <summary>Today's day, and what the configuration says now, take effect where nothing was ever sent. True when a pin was added.</summary>
    public static bool RefreshPin(TailedFile file, DiscoveredStream stream, IPinSource pins, long nowNanos)
    {
        Pin last = file.Checkpoint.Pins[^1];
        if (file.ReadOffset < file.ReplayEnd || last.FromOffsetBytes > file.ReadOffset) return false;
        Pin wanted = file.WantedPin ??= pins.PinFor(stream, file.FirstLine, 0);
        int day = wanted.Day < 0 ? wanted.Day : IndexNames.UtcDay(nowNanos);
        if (last.Day == day && (ReferenceEquals(last, wanted) || last.SaysTheSameAs(wanted))) return false;
        file.Checkpoint.Pins.RemoveAll(unused => unused.FromOffsetBytes >= file.ReadOffset);
        file.Checkpoint.Pins.Add(wanted with { FromOffsetBytes = file.ReadOffset, Day = day, Path = last.Path });
        return true;
    }
}
