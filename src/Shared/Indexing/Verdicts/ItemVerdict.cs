namespace LogPipeline.Indexing.Verdicts;

/// <summary>What the store's status for one document means.</summary>
public enum ItemVerdict : byte
{
    /// <summary>Acknowledged.</summary>
    Stored,

    /// <summary>Something is stored under this id (409): ours of an earlier attempt, or to be compared.</summary>
    Exists,

    /// <summary>May be taken when it is sent again: load, a missing shard, the shard limit.</summary>
    Retry,

    /// <summary>Not taken until a person acts (rights, blocks, closed or missing index): the tenant waits.</summary>
    Hold,

    /// <summary>Never taken as it is: a dead letter.</summary>
    Refused,
}
