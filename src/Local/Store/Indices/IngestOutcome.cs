namespace LogPipeline.Local.Store.Indices;

/// <summary>What became of a document.</summary>
internal enum IngestOutcome : byte
{
    /// <summary>Refused before it came to an index; the request knows why.</summary>
    Refused,

    /// <summary>On disk, synced, visible.</summary>
    Created,

    /// <summary>On disk, synced, visible in the place of an older one.</summary>
    Updated,

    /// <summary>A document with this id is there, on disk and synced.</summary>
    Conflict,

    /// <summary>Not stored: the disk is full.</summary>
    DiskFull,

    /// <summary>Not stored: writing failed otherwise, or the index was deleted meanwhile.</summary>
    Unavailable,
}
