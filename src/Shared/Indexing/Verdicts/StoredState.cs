namespace LogPipeline.Indexing.Verdicts;

/// <summary>Whether an id is stored.</summary>
public enum StoredState : byte
{
    /// <summary>The store could not say (a shard is missing): ask again.</summary>
    Unknown,

    /// <summary>The store may not say until a person acts.</summary>
    Hold,

    /// <summary>Nothing is stored under it; its index may not even exist.</summary>
    Missing,

    /// <summary>A document is.</summary>
    Found,
}
