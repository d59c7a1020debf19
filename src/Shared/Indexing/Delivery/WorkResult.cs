namespace LogPipeline.Indexing.Delivery;

/// <summary>What follows from an answer beside the outcomes that it settled.</summary>
public sealed class WorkResult
{
    /// <summary>To be done as soon as there is room.</summary>
    public List<BulkWork> Next { get; } = [];

    /// <summary>To be done after a pause.</summary>
    public List<BulkWork> Retry { get; } = [];

    /// <summary>Why there is something in <see cref="Retry"/>: a label of <c>logpipeline_bulk_retries_total</c>.</summary>
    public string RetryReason { get; set; } = "";

    /// <summary>The store's words for it, of one document where they differ; empty when there are none.</summary>
    public string RetryDetail { get; set; } = "";

    /// <summary>To be done when the tenant is no longer held; null when nothing holds it.</summary>
    public BulkWork? Held { get; set; }

    public HoldReason? Hold { get; set; }

    /// <summary>The store refused for load.</summary>
    public bool Overloaded { get; set; }

    /// <summary>The store dealt with the request; false for no answer, and when all was refused for the moment.</summary>
    public bool Progress { get; set; }
}
