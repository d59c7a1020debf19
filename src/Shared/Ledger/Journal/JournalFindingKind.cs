namespace LogPipeline.Ledger.Journal;

/// <summary>What was found wrong with a journal file. All but <see cref="TornTail"/> are damage.</summary>
public enum JournalFindingKind
{
    /// <summary>
    /// The last append did not finish: a crash or a full disk in the middle of it. Expected; nothing that was reported durable is lost
    /// (unless the disk changed the very last entry: the two look alike). The bytes are not replayed and never appended to.
    /// </summary>
    TornTail,

    /// <summary>The header is not a journal's, or its checksum is wrong: nothing in the file can be believed.</summary>
    UnreadableHeader,

    /// <summary>Written by a version that this one does not know.</summary>
    UnknownVersion,

    /// <summary>The header names another generation than the file's name: the file was copied or renamed.</summary>
    WrongGeneration,

    /// <summary>The snapshot at the beginning of the file is damaged.</summary>
    DamagedSnapshot,

    /// <summary>Something before the end is damaged: valid entries follow it, or a later generation proves that more was here.</summary>
    DamagedEntry,
}
