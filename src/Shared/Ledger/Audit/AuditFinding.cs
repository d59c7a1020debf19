using LogPipeline.Tailing;

namespace LogPipeline.Ledger.Audit;

/// <summary>One finding, in one range of one file where <see cref="Range"/> says which, else in the whole file or stream.</summary>
public sealed record AuditFinding
{
    public required AuditFindingKind Kind { get; init; }

    /// <summary>The file's path as last seen; the stream's key where a whole stream is meant.</summary>
    public required string Path { get; init; }

    /// <summary>The ledger's name of the file; null for a file that the ledger does not know, and for a whole stream.</summary>
    public FileId? File { get; init; }

    /// <summary>The range of <see cref="RangeCount.RangeBytes"/>, from 0; null for the whole file.</summary>
    public int? Range { get; init; }

    /// <summary>How many records; 0 where only bytes are known.</summary>
    public long Records { get; init; }

    /// <summary>How many bytes of log; 0 where unknown.</summary>
    public long Bytes { get; init; }

    /// <summary>Numbers, ids or indices, for the person who looks.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Something is not as it should be: the audit fails.</summary>
    public bool IsWrong => Kind <= AuditFindingKind.Gap;
}
