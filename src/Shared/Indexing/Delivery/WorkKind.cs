namespace LogPipeline.Indexing.Delivery;

/// <summary>What one request does for its documents.</summary>
public enum WorkKind : byte
{
    /// <summary><c>_bulk</c>.</summary>
    Send,

    /// <summary><c>_mget</c> of documents that the store says to have already (409).</summary>
    Verify,

    /// <summary><c>_mget</c> before anything is sent, in the documents' index and in its dead-letter index.</summary>
    LookUp,
}
