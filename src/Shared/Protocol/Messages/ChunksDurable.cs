using LogPipeline.Ledger;

namespace LogPipeline.Protocol.Messages;

/// <summary>
/// Aggregator to node: every record that begins before <see cref="Resume"/> is stored or dead-lettered; the node may make that position its own. Covers a
/// contiguous beginning of the epoch's chunks, those before <see cref="NextSequence"/>. A repeat or an older one changes nothing.
/// </summary>
public sealed record ChunksDurable : IStreamMessage
{
    public required string Stream { get; init; }

    public required StreamEpoch Epoch { get; init; }

    public required long NextSequence { get; init; }

    public required ResumePoint Resume { get; init; }

    /// <summary>
    /// What was stored since the epoch began, by file and range: totals, not differences, so that a lost or repeated message miscounts nothing. Only what has
    /// changed since the last total that the node is known to have.
    /// </summary>
    public IReadOnlyList<RangeTotal> Totals { get; init; } = [];
}
