namespace LogPipeline.Ledger.Audit;

/// <summary>The sums of an audit.</summary>
public sealed record AuditTotals
{
    /// <summary>Files in the ledger.</summary>
    public int LedgerFiles { get; init; }

    public int DiskFiles { get; init; }

    /// <summary>Bytes of the files on disk, compressed ones as they are.</summary>
    public long DiskBytes { get; init; }

    /// <summary>What the store has of what the ledger counted.</summary>
    public StoreCount Stored { get; init; }

    public StoreCount InFlight { get; init; }

    /// <summary>Refused for good, by the ledger.</summary>
    public StoreCount DeadLetters { get; init; }

    /// <summary>Counted as stored once; their indices were deleted since.</summary>
    public StoreCount Expired { get; init; }

    public long DroppedBytes { get; init; }

    public long LostBytes { get; init; }

    public int Gaps { get; init; }

    /// <summary>Bytes on disk that are not behind a durable position; compressed files that the ledger does not know count as they are.</summary>
    public long UnreadBytes { get; init; }
}
