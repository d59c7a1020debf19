using LogPipeline.Formats;
using LogPipeline.Ledger.Audit;

namespace LogPipeline.Ledger.Whereabouts;

/// <summary>What ledger, disk, store and process say of one byte of a log file. Taken in this order, so that what the ledger has, the others have as well.</summary>
public sealed record LineEvidence
{
    /// <summary>The file; null when the ledger does not know it.</summary>
    public FileCheckpoint? File { get; init; }

    /// <summary>Of the byte, in the uncompressed file.</summary>
    public required long OffsetBytes { get; init; }

    /// <summary>The sub-stream of its line; null when the line cannot be read any more.</summary>
    public SubStream? Lane { get; init; }

    /// <summary>The file is on disk.</summary>
    public bool FileOnDisk { get; init; }

    /// <summary>The byte is on disk.</summary>
    public bool ByteOnDisk { get; init; }

    /// <summary>Its line has no newline yet, and its file is the one that is written to.</summary>
    public bool Unterminated { get; init; }

    /// <summary>A source of the configuration names the file.</summary>
    public bool Named { get; init; } = true;

    /// <summary>The file cannot be read by this user.</summary>
    public bool Unreadable { get; init; }

    /// <summary>Rotated before this ledger was begun.</summary>
    public bool History { get; init; }

    /// <summary>The store was asked, and answered.</summary>
    public bool StoreAnswers { get; init; }

    /// <summary>The store has a record that covers the byte.</summary>
    public bool HasRecord { get; init; }

    /// <summary>The dead-letter index has a record that covers the byte.</summary>
    public bool HasDeadLetter { get; init; }

    /// <summary>The store's indices; null when it does not answer.</summary>
    public ExistingIndices? Indices { get; init; }

    /// <summary>A pipeline runs with this state directory.</summary>
    public bool Running { get; init; }

    /// <summary>How far the running pipeline has read this file; null when it does not say.</summary>
    public long? ReadToBytes { get; init; }

    /// <summary>Where the line's sub-stream is durable to: all before is stored, dead-lettered or dropped. 0 for a file that the ledger does not know.</summary>
    public long DurableBytes => File is null ? 0 : File.Complete && !File.Gap ? File.SizeBytes : Lane is { } lane ? File[lane].OffsetBytes : File.ResumeOffsetBytes;
}
