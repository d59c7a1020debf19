namespace LogPipeline.Tests.Ledger;

/// <summary>What goes wrong in an <see cref="InMemoryStateStorage"/>.</summary>
public sealed record StateStorageFaults
{
    /// <summary>Bytes that fit on the disk; past it writes fail half done (ENOSPC).</summary>
    public long CapacityBytes { get; init; } = long.MaxValue;

    /// <summary>Probability that a call that changes the disk fails, half done (EIO).</summary>
    public double WriteErrors { get; init; }

    /// <summary>Probability that opening a file to read it fails (EIO).</summary>
    public double ReadErrors { get; init; }

    /// <summary>The number of the write in which the process dies: see <see cref="InMemoryStateStorage.Writes"/>; 0: none.</summary>
    public int CrashAtWrite { get; init; }
}
