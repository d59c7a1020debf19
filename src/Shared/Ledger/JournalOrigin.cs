namespace LogPipeline.Ledger;

/// <summary>How a generation came to be, which says what the one before it must hold. Persisted: numbers are never reused.</summary>
internal enum JournalOrigin : byte
{
    /// <summary>After damage: no undamaged file before it need hold all that it begins with.</summary>
    Repair = 0,

    /// <summary>By a new process, or after a failed sync: the one before it held everything when it was read, but perhaps not on the disk.</summary>
    Start = 1,

    /// <summary>By the process that wrote the one before it: that one holds everything, durably.</summary>
    Compaction = 2,
}
