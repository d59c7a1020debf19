using LogPipeline.Tailing;

namespace LogPipeline.Ledger.Audit;

/// <summary>
/// Everything that an audit compares. Taken in this order: the ledger, then the disk, then the store; so that beside a running pipeline whatever the
/// ledger has, the other two have as well.
/// </summary>
public sealed record AuditEvidence
{
    /// <summary>The ledger's files.</summary>
    public required IReadOnlyCollection<FileCheckpoint> Files { get; init; }

    /// <summary>What the store has of them.</summary>
    public required IReadOnlyDictionary<FileId, StoredFile> Stored { get; init; }

    /// <summary>The log files on disk, without those that nobody asked to read.</summary>
    public required IReadOnlyList<DiskFile> Disk { get; init; }

    /// <summary>Files of the ledger that are not complete, not on disk any more, and that nothing holds open.</summary>
    public required IReadOnlySet<FileId> Gone { get; init; }

    public required ExistingIndices Indices { get; init; }
}
