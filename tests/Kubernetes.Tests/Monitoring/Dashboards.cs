using static LogPipeline.Tests.Kubernetes.Monitoring.MetricNames;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

/// <summary>The dashboards. Names of metrics come from the product's instruments; an expression that may be without series ends with 0.</summary>
internal static class Dashboards
{
    private const string Jobs = "job=~\"pipeline-(node|aggregator)\"";

    private static string Rate(string counter, string by = "", string selector = "", string window = "5m") => $"sum{(by.Length > 0 ? $" by ({by})" : "")} (rate({counter}{selector}[{window}]))";

    private static string OrZero(string expression) => expression + " or vector(0)";

    private static string Quantile(string quantile, string histogram) => $"histogram_quantile({quantile}, sum by (le) (rate({histogram}_bucket[5m]))) or vector(0)";

    private static Dashboard Overview { get; } = new(
        "log-pipeline", "Log pipeline",
        ("Now",
        [
            new("Stored", "Bps", ("logpipeline:durable_bytes:rate2m", "")) { IsStat = true, Description = "Bytes of log files that became durable in the store." },
            new("Waiting on the nodes", "bytes", ("logpipeline:backlog_bytes:sum", "")) { IsStat = true },
            new("Until loss", "s", ("min(logpipeline_seconds_until_loss)", "")) { IsStat = true, Description = "The smallest estimate of when rotation reaches lines that were not read; a day means that nothing is near." },
            new("Lost", "bytes", (OrZero($"sum({Of(m => m.LostBytes)})"), "")) { IsStat = true },
            new("Dead letters, last hour", "short", (OrZero($"sum(increase({Of(m => m.DeadLetters)}[1h]))"), "")) { IsStat = true },
            new("Tenants held", "short", ("sum(logpipeline_held_tenants)", "")) { IsStat = true },
            new("Store is the limit", "bool", ("logpipeline:store_is_limit", "")) { IsStat = true },
            new("Processes up", "short", ($"sum(up{{{Jobs}}})", "")) { IsStat = true },
        ]),
        ("Flow: from disk to store",
        [
            new("Read and stored", "Bps", (Rate(Of(m => m.ReadBytes)), "read"), ("logpipeline:durable_bytes:rate2m", "durable"), (Rate(Of(m => m.RereadBytes)), "read again")),
            new("Backlog", "bytes", ("logpipeline:backlog_bytes:sum", "all"), ("logpipeline:helpable_backlog_bytes:sum", "of tenants that are taken"), ("logpipeline:scalable_backlog_bytes:sum", "as the autoscaler sees it")),
            new("Time to drain", "s", ("logpipeline:drain_seconds", "")),
            new("Backlog by process", "bytes", ("sum by (instance) (logpipeline_backlog_bytes)", "{{instance}}")),
            new("Seconds until loss by process", "s", ("min by (instance) (logpipeline_seconds_until_loss)", "{{instance}}")),
            new("Loss", "short", (OrZero($"sum(increase({Of(m => m.LostBytes)}[5m]))"), "bytes"), (OrZero($"sum(increase({Of(m => m.LostGaps)}[5m]))"), "gaps")),
        ]),
        ("RED: requests to the store",
        [
            new("Rate by status", "reqps", (Rate(Of(m => m.BulkRequests), "status"), "{{status}}")),
            new("Errors", "percentunit", ("logpipeline:store_refusals:ratio_rate2m", "refused or unanswered")),
            new("Duration", "s", (Quantile("0.5", Of(m => m.BulkRequestSeconds)), "p50"), (Quantile("0.95", Of(m => m.BulkRequestSeconds)), "p95"), (Quantile("0.99", Of(m => m.BulkRequestSeconds)), "p99")),
            new("Documents sent again", "ops", (OrZero(Rate(Of(m => m.BulkRetries), "reason")), "{{reason}}")),
            new("Bytes sent", "Bps", (Rate(Of(m => m.BulkBytes)), "")),
            new("The store takes nothing for", "s", ("max by (instance) (logpipeline_store_stalled_seconds)", "{{instance}}")),
        ]),
        ("USE: what the processes use",
        [
            new("CPU", "short", ($"sum by (instance) (rate(process_cpu_seconds_total{{{Jobs}}}[5m]))", "{{instance}}")),
            new("Resident memory", "bytes", ($"max by (instance) (process_resident_memory_bytes{{{Jobs}}})", "{{instance}}")),
            new("Documents in flight", "bytes", ("sum by (instance) (logpipeline_in_flight_bytes)", "{{instance}}")) { Description = "Saturation of memory: the bound is indexing.max_in_flight." },
            new("Requests allowed at once", "short", ("sum by (instance) (logpipeline_bulk_concurrency)", "{{instance}}")) { Description = "Saturation of the store: it falls when the store refuses." },
            new("File descriptors in use", "percentunit", ($"max by (instance) (process_open_fds{{{Jobs}}} / process_max_fds{{{Jobs}}})", "{{instance}}")),
            new("Log files", "short", ("sum(logpipeline_watched_files)", "known"), ("sum(logpipeline_open_files)", "open")),
            new("Checkpoint age", "s", (OrZero("max by (instance) (logpipeline_checkpoint_age_seconds)"), "{{instance}}")),
            new("Time to make positions durable", "s", (Quantile("0.99", Of(m => m.CheckpointSeconds)), "p99")),
            new("Errors in the logs' form", "ops", (OrZero(Rate(Of(m => m.FormatErrors))), "format"), (OrZero(Rate(Of(m => m.ParseErrors))), "parse"), (OrZero(Rate(Of(m => m.InvalidUtf8))), "UTF-8"), (OrZero(Rate(Of(m => m.TruncatedRecords))), "truncated")),
        ]));

    private static Dashboard Tenants { get; } = new(
        "log-pipeline-tenants", "Log pipeline: tenants",
        ("By tenant",
        [
            new("Records stored", "ops", (OrZero($"topk(20, {Rate(Of(m => m.StoredRecords), "tenant")})"), "{{tenant}}")),
            new("Bytes durable", "Bps", (OrZero($"topk(20, {Rate(Of(m => m.DurableBytes), "tenant")})"), "{{tenant}}")),
            new("Backlog", "bytes", (OrZero("topk(20, sum by (tenant) (logpipeline_tenant_backlog_bytes))"), "{{tenant}}")),
            new("Held", "short", (OrZero("max by (tenant) (logpipeline_tenant_held)"), "{{tenant}}")) { Description = "1 while the store refuses what is sent for the tenant and a person is needed." },
            new("Throttled", "short", (OrZero("max by (tenant) (logpipeline_tenant_throttled)"), "{{tenant}}")) { Description = "1 while the tenant writes more than its rate (tenancy.limits): what is too much waits in its files." },
            new("Dead letters", "short", (OrZero($"sum by (tenant, reason) (increase({Of(m => m.DeadLetters)}[5m]))"), "{{tenant}} {{reason}}")),
            new("Dropped by policy", "Bps", (OrZero(Rate(Of(m => m.DroppedBytes), "reason")), "{{reason}}")),
        ]));

    public static IReadOnlyList<Dashboard> All { get; } = [Overview, Tenants];
}
