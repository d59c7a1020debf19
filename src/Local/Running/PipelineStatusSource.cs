using LogPipeline.Configuration;
using LogPipeline.Indexing.Setup;
using LogPipeline.Indexing;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Web.Status;
using LogPipeline.Local.Web;
using LogPipeline.Local.Workers;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Local.Running;

/// <summary>What the health view, the gauges and <c>/readyz</c> say, put together from those who know.</summary>
internal sealed class PipelineStatusSource : IPipelineStatus
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(5);

    private readonly PipelineOptions _options;
    private readonly Instruments _instruments;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;
    private readonly Lock _lock = new();
    private readonly Queue<(long At, long Records, long Bytes)> _samples = [];
    private WorkerGroup? _workers;
    private SourceMonitor? _monitor;
    private BulkSender? _sender;
    private TenantQuotas? _quotas;
    private StoreSetup? _setup;
    private string _listen;

    public PipelineStatusSource(PipelineOptions options, Instruments instruments, TimeProvider time)
    {
        _options = options;
        _instruments = instruments;
        _time = time;
        _startedAt = time.GetUtcNow();
        _listen = options.Web.Listen;
    }

    public void Listen(Uri address) => _listen = address.Authority;

    public void Use(WorkerGroup workers, SourceMonitor monitor, BulkSender sender, MemoryBudget budget, TenantQuotas quotas, StoreSetup setup)
    {
        _setup = setup;
        _workers = workers;
        _monitor = monitor;
        _sender = sender;
        _quotas = quotas;
        _instruments.Metrics.ObserveQuotas(() => quotas.Throttled);
        _instruments.Metrics.ObserveGauges(
            () => workers.Statuses.Sum(status => status.BacklogBytes), () => budget.TotalBytes, () => monitor.Streams.Sum(stream => stream.Files.Count),
            () => workers.Statuses.Sum(status => status.OpenFiles), () => sender.HeldTenants.Count, () => sender.Concurrency,
            () => workers.Statuses.Max(status => status.CheckpointAge.TotalSeconds));
        var backlogs = new StreamBacklogs(_options.Tailing.RotationRoomBytes, _time);
        _instruments.Metrics.ObserveBacklogs(() =>
        {
            backlogs.ObserveAll([.. workers.Statuses.SelectMany(status => status.Heads)]);
            return backlogs;
        });
        _instruments.Metrics.ObserveStore(() => sender.StalledFor, () => [.. sender.HeldTenants.Select(held => held.Tenant)]);
    }

    /// <summary>Has the workers say how they stand, so that what is asked next is of this moment and not of the last question.</summary>
    public Task RefreshAsync() => _workers?.FreshStatusesAsync() ?? Task.CompletedTask;

    /// <summary>Why logs cannot be taken now; null when they can.</summary>
    public string? NotReady() => _monitor is null ? "starting" : null;

    public PipelineStatus Snapshot()
    {
        PipelineMetrics metrics = _instruments.Metrics;
        IReadOnlyList<WorkerStatus> workers = _workers?.Statuses ?? [];
        (double records, double bytes) = Rates(_instruments.Totals[metrics.StoredRecords], _instruments.Totals[metrics.DurableBytes]);
        return new PipelineStatus
        {
            Version = ProductVersion.Short, StartedAt = _startedAt, StoreUrl = _options.Store.IsEmbedded ? "embedded" : string.Join(", ", _options.Store.Urls), ListenAddress = _listen,
            RecordsPerSecond = records, BytesPerSecond = bytes,
            StoredRecords = _instruments.Totals[metrics.StoredRecords], DurableBytes = _instruments.Totals[metrics.DurableBytes], DeadLetters = _instruments.Totals[metrics.DeadLetters],
            Retries = _instruments.Totals[metrics.BulkRetries], LostBytes = _instruments.Totals[metrics.LostBytes], Gaps = _instruments.Totals[metrics.LostGaps],
            FormatErrors = _instruments.Totals[metrics.FormatErrors], InvalidUtf8 = _instruments.Totals[metrics.InvalidUtf8],
            Dropped = _instruments.Totals[metrics.DroppedBytes] is > 0 and var dropped ? [new DroppedBytes("policy", dropped)] : [],
            BacklogBytes = workers.Sum(status => status.BacklogBytes),
            SecondsSinceCheckpoint = workers.Count == 0 ? null : workers.Max(status => status.CheckpointAge.TotalSeconds),
            HeldTenants = _sender?.HeldTenants ?? [],
            ThrottledTenants = _quotas?.Throttled ?? [],
            StoreTrouble = _setup?.Trouble ?? _sender?.Trouble,
            BulkConcurrency = _sender?.Concurrency ?? 0,
            UnreadableFiles = [.. _monitor?.Unreadable ?? [], .. workers.SelectMany(status => status.Refused).Select(file => new UnreadableFile(file.Path, "could not be opened; it is tried again every half a minute"))],
            Files = [.. workers.SelectMany(status => status.Files).Select(file => new FileStatus(file.Path, file.Tenant, file.SizeBytes, file.DurableOffsetBytes, file.BacklogBytes, file.State, file.ReadOffsetBytes))],
        };
    }

    private (double Records, double Bytes) Rates(long records, long bytes)
    {
        lock (_lock)
        {
            long now = _time.GetTimestamp();
            _samples.Enqueue((now, records, bytes));
            while (_samples.Count > 2 && _time.GetElapsedTime(_samples.Peek().At, now) > RateWindow) _samples.Dequeue();
            (long at, long earlierRecords, long earlierBytes) = _samples.Peek();
            double seconds = _time.GetElapsedTime(at, now).TotalSeconds;
            return seconds <= 0 ? (0, 0) : ((records - earlierRecords) / seconds, (bytes - earlierBytes) / seconds);
        }
    }
}
