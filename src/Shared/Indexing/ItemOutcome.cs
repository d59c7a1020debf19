namespace LogPipeline.Indexing;

/// <summary>What became of a document, once that is certain.</summary>
public enum ItemOutcome : byte
{
    /// <summary>Not certain yet.</summary>
    Unknown,

    /// <summary>The store has it: acknowledged, or found there with the same extent.</summary>
    Stored,

    /// <summary>Refused for good; its dead letter is stored.</summary>
    DeadLettered,

    /// <summary>The store has a record of another extent under this id; see <see cref="BulkItem.StoredLengthBytes"/>. Nothing of this item was sent or stored now.</summary>
    Conflict,

    /// <summary>Left unsent because another item of a body that was looked up first is in conflict: it is to be read again.</summary>
    NotSent,
}
