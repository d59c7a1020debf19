namespace LogPipeline.Protocol.Messages;

/// <summary>Why a stream has to go back. On the wire: numbers are never reused.</summary>
public enum RewindReason : byte
{
    /// <summary>This aggregator does not know the epoch: it has just taken the stream over.</summary>
    UnknownEpoch = 1,

    /// <summary>A chunk is missing.</summary>
    Gap = 2,

    /// <summary>A newer epoch is known.</summary>
    StaleEpoch = 3,

    /// <summary>The store has a record of another extent under an id: stored extents win, so the bytes are joined again.</summary>
    StoredExtent = 4,

    /// <summary>The chunk does not fit what came before it, or cannot be read: an error in one of the two programs.</summary>
    Malformed = 5,
}
