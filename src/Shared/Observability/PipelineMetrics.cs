using System.Diagnostics.Metrics;

namespace LogPipeline.Observability;

/// <summary>
/// Every meter of the pipeline, once. One instance a process (tests: one a pipeline). Names follow Prometheus: base units, counters
/// exposed with <c>_total</c>. Labels are bounded: tenants, reasons and statuses, never a pod or a file.
/// </summary>
public sealed class PipelineMetrics : IDisposable
{
    public const string MeterName = "LogPipeline";

    private readonly Meter _meter = new(MeterName);

    public PipelineMetrics()
    {
        ReadBytes = Counter("logpipeline_read_bytes", "Bytes read from log files, bytes read again included");
        RereadBytes = Counter("logpipeline_reread_bytes", "Bytes read again after a restart or a rewind");
        Records = Counter("logpipeline_records", "Records handed to the sender in bodies, by tenant; those that are read again included");
        DurableBytes = Counter("logpipeline_durable_bytes", "Bytes of log files behind a durable position, by tenant");
        StoredRecords = Counter("logpipeline_stored_records", "Records stored and behind a durable position, by tenant");
        DeadLetters = Counter("logpipeline_dead_letters", "Records refused for good and stored in the dead-letter index, by tenant and reason");
        DroppedBytes = Counter("logpipeline_dropped_bytes", "Bytes dropped by a policy, by reason");
        LostBytes = Counter("logpipeline_lost_bytes", "Bytes that rotation or deletion destroyed unread, of files seen while open");
        LostGaps = Counter("logpipeline_lost_gaps", "Gaps of unknown size between a resume point and the oldest file that is left");
        FormatErrors = Counter("logpipeline_format_errors", "Lines that fit no grammar of their file's format");
        ParseErrors = Counter("logpipeline_parse_errors", "Records whose text does not have the form that the parser was asked for");
        InvalidUtf8 = Counter("logpipeline_invalid_utf8_records", "Records with bytes that are not UTF-8, replaced by U+FFFD");
        TruncatedRecords = Counter("logpipeline_truncated_records", "Records cut at a limit of bytes or lines");
        Rotations = Counter("logpipeline_rotations", "Files left for their successor");
        Truncations = Counter("logpipeline_truncations", "Files found truncated (copytruncate): a new generation began");
        BulkRequests = Counter("logpipeline_bulk_requests", "Bulk requests answered, by HTTP status; status 0: no answer");
        BulkBytes = Counter("logpipeline_bulk_bytes", "Bytes of bulk bodies sent, before compression, repeats included");
        BulkRetries = Counter("logpipeline_bulk_retries", "Documents sent again, by reason");
        Rewinds = Counter("logpipeline_rewinds", "Streams of a cluster's node that went back to their durable position, by reason");
        MetadataRequests = Counter("logpipeline_metadata_requests", "Requests of a cluster's node to the Kubernetes API, by resource and verb");
        MetadataMissing = Counter("logpipeline_metadata_missing", "Files whose records go on without what the Kubernetes API says of their Pod, as it did not come in time");
        BulkRequestSeconds = _meter.CreateHistogram<double>("logpipeline_bulk_request_seconds", "s", "Time of a bulk request until its answer was read");
        CheckpointSeconds = _meter.CreateHistogram<double>("logpipeline_checkpoint_seconds", "s", "Time to make a batch of positions durable");
    }

    /// <summary>Where the CPU time goes; exposed with the process's own metrics.</summary>
    public StepCpu Cpu { get; } = new();

    public Counter<long> ReadBytes { get; }
    public Counter<long> RereadBytes { get; }
    public Counter<long> Records { get; }
    public Counter<long> DurableBytes { get; }
    public Counter<long> StoredRecords { get; }
    public Counter<long> DeadLetters { get; }
    public Counter<long> DroppedBytes { get; }
    public Counter<long> LostBytes { get; }
    public Counter<long> LostGaps { get; }
    public Counter<long> FormatErrors { get; }
    public Counter<long> ParseErrors { get; }
    public Counter<long> InvalidUtf8 { get; }
    public Counter<long> TruncatedRecords { get; }
    public Counter<long> Rotations { get; }
    public Counter<long> Truncations { get; }
    public Counter<long> BulkRequests { get; }
    public Counter<long> BulkBytes { get; }
    public Counter<long> BulkRetries { get; }
    public Counter<long> Rewinds { get; }
    public Counter<long> MetadataRequests { get; }
    public Counter<long> MetadataMissing { get; }
    public Histogram<double> BulkRequestSeconds { get; }
    public Histogram<double> CheckpointSeconds { get; }

    /// <summary>
    /// Adds the gauges, read when the metrics are scraped: <c>logpipeline_backlog_bytes</c> (bytes on disk not yet durable),
    /// <c>logpipeline_in_flight_bytes</c>, <c>logpipeline_watched_files</c>, <c>logpipeline_open_files</c>,
    /// <c>logpipeline_held_tenants</c>, <c>logpipeline_bulk_concurrency</c>, <c>logpipeline_checkpoint_age_seconds</c>.
    /// They are always present, 0 included, never NaN.
    /// </summary>
    public void ObserveGauges(
        Func<long> backlogBytes, Func<long> inFlightBytes, Func<long> watchedFiles, Func<long> openFiles,
        Func<long> heldTenants, Func<long> bulkConcurrency, Func<double> checkpointAgeSeconds)
    {
        _meter.CreateObservableGauge("logpipeline_backlog_bytes", backlogBytes, "By", "Bytes on disk that are not durable in the store; a compressed file counts with its size until its end was read");
        _meter.CreateObservableGauge("logpipeline_in_flight_bytes", inFlightBytes, "By", "Bytes of documents in memory, open or under way");
        _meter.CreateObservableGauge("logpipeline_watched_files", watchedFiles, null, "Log files known");
        _meter.CreateObservableGauge("logpipeline_open_files", openFiles, null, "Log files held open");
        _meter.CreateObservableGauge("logpipeline_held_tenants", heldTenants, null, "Tenants held because the store refuses their requests");
        _meter.CreateObservableGauge("logpipeline_bulk_concurrency", bulkConcurrency, null, "Bulk requests allowed at once now");
        ObserveCheckpointAge(checkpointAgeSeconds);
    }

    /// <summary>The gauges that a node of a cluster has.</summary>
    public void ObserveNode(Func<long> backlogBytes, Func<long> inFlightBytes, Func<long> watchedFiles, Func<long> openFiles, Func<double> checkpointAgeSeconds)
    {
        ObserveCheckpointAge(checkpointAgeSeconds);
        _meter.CreateObservableGauge("logpipeline_backlog_bytes", backlogBytes, "By", "Bytes on disk that are not durable in the store; a compressed file counts with its size until its end was read");
        _meter.CreateObservableGauge("logpipeline_in_flight_bytes", inFlightBytes, "By", "Bytes of chunks sent and not in an aggregator's memory");
        _meter.CreateObservableGauge("logpipeline_watched_files", watchedFiles, null, "Log files known");
        _meter.CreateObservableGauge("logpipeline_open_files", openFiles, null, "Log files held open");
    }

    /// <summary>Counts a node's connections for chunks.</summary>
    public void ObserveChunkConnections(Func<long> open) => _meter.CreateObservableGauge(
        "logpipeline_chunk_connections", open, null, "Aggregators that a node has a connection for chunks to; chunks to others go over the engine's own, at almost twice the cost");

    /// <summary>The gauges that an aggregator of a cluster has.</summary>
    public void ObserveAggregator(Func<long> inFlightBytes, Func<long> heldTenants, Func<long> bulkConcurrency)
    {
        _meter.CreateObservableGauge("logpipeline_in_flight_bytes", inFlightBytes, "By", "Bytes of documents in memory, open or under way");
        _meter.CreateObservableGauge("logpipeline_held_tenants", heldTenants, null, "Tenants held because the store refuses their requests");
        _meter.CreateObservableGauge("logpipeline_bulk_concurrency", bulkConcurrency, null, "Bulk requests allowed at once now");
    }

    /// <summary>
    /// What autoscalers and alerts follow, beside the sums: the backlog by tenant, and the smallest estimate of when rotation reaches what is unread. A tenant whose backlog
    /// is gone stays, with 0.
    /// </summary>
    /// <param name="backlogs">Gives them as they are now.</param>
    public void ObserveBacklogs(Func<StreamBacklogs> backlogs)
    {
        var seen = new HashSet<string>();
        _meter.CreateObservableGauge("logpipeline_tenant_backlog_bytes", () => Remembered(seen, backlogs().ByTenant()), "By", "Bytes on disk that are not durable in the store, by tenant");
        _meter.CreateObservableGauge("logpipeline_seconds_until_loss", () => backlogs().SecondsUntilLoss(), "s", "Estimate of when rotation reaches bytes that were not stored, of the stream where that is nearest; 86400 when none is near");
    }

    /// <summary>Of a node that asks the Kubernetes API: how many streams wait for what it says.</summary>
    public void ObserveMetadata(Func<long> waitingStreams) =>
        _meter.CreateObservableGauge("logpipeline_metadata_waiting_streams", waitingStreams, null, "Streams with bytes on disk that wait for what the Kubernetes API says of their namespace or Pod");

    /// <summary>Whether the store takes what is sent: for how long it has not, and which tenants are held. A tenant that is free again stays, with 0.</summary>
    public void ObserveStore(Func<TimeSpan> stalledFor, Func<IReadOnlyList<string>> heldTenants)
    {
        var seen = new HashSet<string>();
        _meter.CreateObservableGauge("logpipeline_store_stalled_seconds", () => stalledFor().TotalSeconds, "s", "How long the store has taken nothing although documents wait for it; 0 when none do, held tenants aside");
        _meter.CreateObservableGauge("logpipeline_tenant_held", () => Remembered(seen, heldTenants().ToDictionary(tenant => tenant, _ => 1L)), null, "1 while the tenant is held because the store refuses its requests");
    }

    /// <summary>Which tenants are over their rate. One that is not any more stays, with 0.</summary>
    public void ObserveQuotas(Func<IReadOnlyList<string>> throttledTenants)
    {
        var seen = new HashSet<string>();
        _meter.CreateObservableGauge("logpipeline_tenant_throttled", () => Remembered(seen, throttledTenants().ToDictionary(tenant => tenant, _ => 1L)), null, "1 while the tenant writes more than its rate, so that what is too much waits in its files");
    }

    /// <summary>
    /// Adds 0 to every counter whose series are known, once whoever exposes them listens: a series that begins with its first event hides that event from whoever asks for its
    /// increase.
    /// </summary>
    public void ExposeFromTheStart()
    {
        foreach (Counter<long> counter in (ReadOnlySpan<Counter<long>>)[ReadBytes, RereadBytes, LostBytes, LostGaps, FormatErrors, ParseErrors, InvalidUtf8, TruncatedRecords, Rotations, Truncations, BulkBytes, MetadataMissing]) counter.Add(0);
        foreach (string status in (ReadOnlySpan<string>)["0", "200", "429", "503"]) BulkRequests.Add(0, new KeyValuePair<string, object?>("status", status));
    }

    public void Dispose() => _meter.Dispose();

    private void ObserveCheckpointAge(Func<double> seconds) =>
        _meter.CreateObservableGauge("logpipeline_checkpoint_age_seconds", seconds, "s", "Time since acknowledged progress was last made durable; 0 when there is none to write");

    private static IEnumerable<Measurement<long>> Remembered(HashSet<string> seen, IReadOnlyDictionary<string, long> now)
    {
        lock (seen)
        {
            seen.UnionWith(now.Keys);
            return [.. seen.Select(tenant => new Measurement<long>(now.GetValueOrDefault(tenant), new KeyValuePair<string, object?>("tenant", tenant)))];
        }
    }

    private Counter<long> Counter(string name, string description) => _meter.CreateCounter<long>(name, null, description);
}
