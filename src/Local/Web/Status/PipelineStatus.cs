using LogPipeline.Indexing;
using LogPipeline.Sources;
using LogPipeline.Local.CommandLine.Summaries;

namespace LogPipeline.Local.Web.Status;

/// <summary>The pipeline's own state at one moment. Totals count since the process began.</summary>
public sealed record PipelineStatus
{
    public required string Version { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required string StoreUrl { get; init; }

    public required string ListenAddress { get; init; }

    /// <summary>Records encoded in a second, averaged over the last seconds.</summary>
    public double RecordsPerSecond { get; init; }

    /// <summary>Bytes of log files that became durable in a second, averaged over the last seconds.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Records stored and behind a durable position.</summary>
    public long StoredRecords { get; init; }

    /// <summary>Bytes of log files behind a durable position.</summary>
    public long DurableBytes { get; init; }

    /// <summary>Records refused for good, kept in a dead-letter index.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Documents sent again.</summary>
    public long Retries { get; init; }

    /// <summary>Bytes dropped by a policy, by reason.</summary>
    public IReadOnlyList<DroppedBytes> Dropped { get; init; } = [];

    /// <summary>Bytes that rotation or deletion destroyed unread.</summary>
    public long LostBytes { get; init; }

    /// <summary>Gaps of unknown size.</summary>
    public long Gaps { get; init; }

    public long FormatErrors { get; init; }

    /// <summary>Records with bytes that are not UTF-8.</summary>
    public long InvalidUtf8 { get; init; }

    /// <summary>Bytes on disk that are not durable in the store, over all files.</summary>
    public long BacklogBytes { get; init; }

    /// <summary><c>null</c>: nothing has had to be written yet.</summary>
    public double? SecondsSinceCheckpoint { get; init; }

    public IReadOnlyList<HeldTenant> HeldTenants { get; init; } = [];

    /// <summary>Tenants that write more than their rate.</summary>
    public IReadOnlyList<string> ThrottledTenants { get; init; } = [];

    /// <summary>Why the store takes nothing at all, in sentences for people; null when it takes documents.</summary>
    public string? StoreTrouble { get; init; }

    /// <summary>Bulk requests allowed at once now.</summary>
    public int BulkConcurrency { get; init; }

    public IReadOnlyList<UnreadableFile> UnreadableFiles { get; init; } = [];

    /// <summary>Every file known.</summary>
    public IReadOnlyList<FileStatus> Files { get; init; } = [];
}
