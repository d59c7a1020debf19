namespace LogPipeline.Protocol.Messages;

/// <summary>
/// Aggregator to node: every chunk before <see cref="NextSequence"/> was taken into memory, and so much more may be sent. Promises nothing about durability.
/// A repeat or an older one changes nothing: all values only grow within an epoch, but for <see cref="Cuttable"/>, which counts only while nothing newer was sent.
/// </summary>
public sealed record ChunksAccepted : IStreamMessage
{
    public required string Stream { get; init; }

    public required StreamEpoch Epoch { get; init; }

    public required long NextSequence { get; init; }

    /// <summary>Credit: bytes of window (<see cref="DeliverChunk.WindowBytes"/>) that may be sent in this epoch altogether.</summary>
    public required long GrantedBytes { get; init; }

    /// <summary>Sub-streams with a record that only silence can end, each with the end of its last line: the place of a cut.</summary>
    public IReadOnlyList<LaneEnd> Cuttable { get; init; } = [];

    /// <summary>Something is pending in a sub-stream, cuttable or not.</summary>
    public bool HasPending { get; init; }
}
