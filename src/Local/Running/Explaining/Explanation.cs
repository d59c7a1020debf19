using LogPipeline.Ledger;
using LogPipeline.Ledger.State;
using LogPipeline.Ledger.Whereabouts;

namespace LogPipeline.Local.Running.Explaining;

/// <summary>Everything that is known of one line, for <see cref="ExplainText"/>.</summary>
internal sealed record Explanation
{
    public required LineFate Fate { get; init; }

    /// <summary>The place that was asked for: of a byte, in the uncompressed file.</summary>
    public required long OffsetBytes { get; init; }

    /// <summary>The file's path; as last seen where it is gone. Empty when only an id is known.</summary>
    public required string Path { get; init; }

    public required LineEvidence Evidence { get; init; }

    /// <summary>As the ledger has it.</summary>
    public FileCheckpoint? File { get; init; }

    /// <summary>The line as it is on disk; null when it is not.</summary>
    public LineOnDisk? Line { get; init; }

    /// <summary>The record, or the dead letter, that covers it.</summary>
    public FoundRecord? Record { get; init; }

    /// <summary>The record begins in this file of the same stream, before the one that was asked for.</summary>
    public FileCheckpoint? BeginsIn { get; init; }

    /// <summary>Bytes of the file on disk; null when it is gone, or compressed.</summary>
    public long? DiskBytes { get; init; }

    /// <summary>The process that has the state directory; null when none has.</summary>
    public StateDirectoryLockInfo? Pipeline { get; init; }

    public ProcessReport Process { get; init; } = new();

    /// <summary>Why the store could not be asked; null when it answered.</summary>
    public string? StoreSilence { get; init; }

    /// <summary>What would help to read an unreadable file.</summary>
    public string? Hint { get; init; }
}
