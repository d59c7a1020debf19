namespace LogPipeline.Local.Observability;

/// <summary>Which processes measure an instrument. A member of a cluster may show others' counters, too, which stay 0 there.</summary>
public static class MetricProcesses
{
    private static readonly HashSet<string> OfNodesAlone = ["logpipeline_chunk_connections", "logpipeline_rewinds", "logpipeline_metadata_requests", "logpipeline_metadata_missing", "logpipeline_metadata_waiting_streams"];

    private static readonly HashSet<string> OfNodes =
    [
        "logpipeline_backlog_bytes", "logpipeline_checkpoint_age_seconds", "logpipeline_checkpoint_seconds", "logpipeline_dropped_bytes", "logpipeline_durable_bytes", "logpipeline_in_flight_bytes",
        "logpipeline_lost_bytes", "logpipeline_lost_gaps", "logpipeline_open_files", "logpipeline_read_bytes", "logpipeline_reread_bytes", "logpipeline_rotations", "logpipeline_seconds_until_loss",
        "logpipeline_stored_records", "logpipeline_tenant_backlog_bytes", "logpipeline_truncations", "logpipeline_watched_files",
    ];

    private static readonly HashSet<string> OfAggregators =
    [
        "logpipeline_bulk_bytes", "logpipeline_bulk_concurrency", "logpipeline_bulk_request_seconds", "logpipeline_bulk_requests", "logpipeline_bulk_retries", "logpipeline_dead_letters",
        "logpipeline_format_errors", "logpipeline_held_tenants", "logpipeline_in_flight_bytes", "logpipeline_invalid_utf8_records", "logpipeline_parse_errors", "logpipeline_records",
        "logpipeline_store_stalled_seconds", "logpipeline_tenant_held", "logpipeline_tenant_throttled", "logpipeline_truncated_records",
    ];

    /// <summary>Of <c>local</c>, <c>node</c> and <c>aggregator</c> those that measure it; none where nobody said so.</summary>
    public static IReadOnlyList<string> Of(string instrument)
    {
        if (OfNodesAlone.Contains(instrument)) return ["node"];
        List<string> members = [.. OfNodes.Contains(instrument) ? (string[])["node"] : [], .. OfAggregators.Contains(instrument) ? (string[])["aggregator"] : []];
        return members.Count > 0 ? ["local", .. members] : [];
    }
}
