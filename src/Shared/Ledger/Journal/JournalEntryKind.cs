namespace LogPipeline.Ledger.Journal;

/// <summary>Persisted: numbers are never reused.</summary>
internal enum JournalEntryKind : byte
{
    SnapshotPart = 1,
    SnapshotEnd = 2,
    Batch = 3,
}
