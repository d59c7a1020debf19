namespace LogPipeline.Local.Store.Queries;

/// <summary>What a block's summary says about a query.</summary>
internal enum BlockMatch : byte
{
    /// <summary>No document of the block matches.</summary>
    None,

    /// <summary>The documents have to be looked at.</summary>
    Some,

    /// <summary>Every document matches.</summary>
    All,
}
