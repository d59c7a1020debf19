namespace LogPipeline.Local.Store.Bulk;

/// <summary>What an action line asks for.</summary>
internal enum BulkOperation : byte
{
    Create,
    Index,

    /// <summary>Not offered: answered with 400 per item.</summary>
    Delete,

    /// <summary>Not offered: answered with 400 per item.</summary>
    Update,
}
