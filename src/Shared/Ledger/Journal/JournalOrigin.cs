namespace LogPipeline.Ledger.Journal;

/// <summary>How a generation came to be, which says what the one before it must hold. Persisted: numbers are never reused.</summary>
internal enum JournalOrigin : byte
{
    /// <summary>By a new process, after a failed sync, or after damage: the one before it may hold less on the disk than this one begins with.</summary>
    Start = 0,

    /// <summary>By the process that wrote the one before it: that one holds everything, durably.</summary>
    Compaction = 1,
}
