namespace LogPipeline.Ledger.Audit;

/// <summary>What became of the indices that a range's records went to.</summary>
public enum ExpiryVerdict
{
    /// <summary>They are there as far as can be known: what is not in them is missing.</summary>
    Kept,

    /// <summary>Some were deleted, or a part of one.</summary>
    InPart,

    /// <summary>All were deleted.</summary>
    Deleted,

    /// <summary>One of them is closed: what it holds cannot be asked for.</summary>
    Closed,
}
