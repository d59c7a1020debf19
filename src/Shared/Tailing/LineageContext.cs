using LogPipeline.Configuration;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Observability;

namespace LogPipeline.Tailing;

/// <summary>What all streams of a process share.</summary>
public sealed record LineageContext
{
    public required IFileSystem FileSystem { get; init; }
    public required PositionLedger Ledger { get; init; }
    public required IPinSource Pins { get; init; }
    public required TailingOptions Options { get; init; }
    public required JoiningRules Rules { get; init; }
    public required PipelineMetrics Metrics { get; init; }
    public required IPipelineLog Log { get; init; }
    public required TimeProvider Time { get; init; }

    /// <summary>Part of the identity of containers' files.</summary>
    public required string Cluster { get; init; }

    /// <summary>Part of the identity of plain files.</summary>
    public required string Host { get; init; }

    /// <summary>
    /// Whether the store has documents of this host from an earlier life (<see cref="Indexing.Setup.StoreHistory"/>); null while that is not known. Files that are
    /// older than a ledger which does not know them wait for it.
    /// </summary>
    public Func<bool?> StoreMayKnow { get; init; } = static () => false;

    /// <summary>What comes into a file after it was left is read apart (<see cref="StreamLineage.TakeLate"/>); false: it is not read.</summary>
    public bool ReadsLate { get; init; } = true;

    /// <summary>64 random bits for a new plain file's identity.</summary>
    public required Func<ulong> Random { get; init; }
}
