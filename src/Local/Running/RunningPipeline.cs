using System.Net.Http.Headers;
using System.Security.Cryptography;
using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Setup;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger.State;
using LogPipeline.Ledger;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.Observability.Usage;
using LogPipeline.Local.Observability;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search;
using LogPipeline.Local.Store.Http;
using LogPipeline.Local.Store;
using LogPipeline.Local.Web;
using LogPipeline.Local.Workers;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tailing.Descriptors;
using LogPipeline.Tailing;
using LogPipeline.Tailing.Volumes;
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Local.Running;

/// <summary>The whole pipeline of one process, from start to drain: what is built in which order, and what is taken down in which.</summary>
public sealed class RunningPipeline : IAsyncDisposable
{
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromDays(7);

    private static readonly TimeSpan SearchTimeout = TimeSpan.FromSeconds(30);

    private readonly PipelineOptions _options;
    private readonly StateDirectoryLock _lock;
    private readonly CheckpointJournal _journal;
    private readonly PositionLedger _ledger;
    private readonly EmbeddedStore? _store;
    private readonly WebServer _web;
    private readonly StoreConnection _connection;
    private readonly CancellationTokenSource _stopSetup = new();
    private readonly Task _setup;
    private readonly BulkSender _sender;
    private readonly MemoryBudget _budget;
    private readonly WorkerGroup _workers;
    private readonly SourceMonitor _monitor;
    private readonly Instruments _instruments;
    private readonly HttpClient _searchClient;
    private readonly ReplayWatch _replay;
    private readonly MemoryAtRest _memoryAtRest;

    private RunningPipeline(PipelineOptions options, StateDirectoryLock held, CheckpointJournal journal, EmbeddedStore? store, Instruments instruments, WebServer web, PipelineStatusSource status, HttpClient searchClient, IPipelineLog log)
    {
        TimeProvider time = TimeProvider.System;
        _options = options;
        _lock = held;
        _journal = journal;
        _store = store;
        _instruments = instruments;
        _web = web;
        _searchClient = searchClient;
        Uri[] addresses = AddressesOf(options, web);
        _connection = new StoreConnection(addresses, options.Store, options.Indexing, StoreConnection.CreateHandler(options.Store), time);
        var setup = new StoreSetup(_connection, options.Indexing, log, time, options.Store.IsEmbedded ? "the embedded one" : null);
        _setup = setup.RunAsync(_stopSetup.Token);
        var limits = new TenantLimits(options.Tenancy.Limits);
        _sender = new BulkSender(_connection, options.Indexing, instruments.Metrics, log, time, _setup, limits: limits);
        _ledger = new PositionLedger(journal, time);
        ForgetOldFiles(_ledger, time);

        _budget = new MemoryBudget(options.Indexing.MaxInFlightBytes);
        TenantQuotas quotas = TenantQuotas.Whole(limits, log, time);
        string host = options.Enrichment.Host.Length > 0 ? options.Enrichment.Host : Environment.MachineName;
        Task<bool> history = HasHistoryAsync(new StoreHistory(_connection, options.Indexing.Index, host));
        var disk = new VolumeFileSystem(new UnixFileSystem());
        var context = new WorkerContext
        {
            Options = options,
            Lineage = new LineageContext
            {
                FileSystem = new LimitedFileSystem(disk, LimitedFileSystem.ForThisProcess(), log, time), Ledger = _ledger, Pins = new ConfiguredPins(options, host, time), Options = options.Tailing, Rules = new JoiningRules(),
                Metrics = instruments.Metrics, Log = log, Time = time, Cluster = options.Enrichment.ClusterName, Host = host,
                StoreMayKnow = () => history.IsCompletedSuccessfully ? history.Result : null,
                Random = () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            },
            Sender = _sender,
            Budget = _budget,
            Quotas = quotas,
            Held = new HeldFiles(options.Tailing.HeldDeletedBytes),
            Workers = Workers,
            LookAgain = stream => _monitor!.LookAgain(stream),
        };
        _workers = new WorkerGroup(context, Workers);
        _monitor = new SourceMonitor(options, disk, _workers, OwnPaths(options), log, time);
        status.Use(_workers, _monitor, _sender, context.Budget, quotas, setup);
        _monitor.Start(_ledger);
        _replay = new ReplayWatch(_workers, log, time);
        instruments.Exposition.Cpu = Cpu = new CpuSplit(instruments.Metrics.Cpu);
        _memoryAtRest = new MemoryAtRest(() => ReadBytes, time, MemoryAtRest.Release);
    }

    /// <summary>How many threads read and encode.</summary>
    public static int Workers => Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>Bytes that the last run may have sent: they are read again, and looked up before they are sent.</summary>
    public Task<long> ReplayBytes => _replay.FoundBytes;

    /// <summary>Where the page is.</summary>
    public Uri Page => _web.Address;

    public IReadOnlyCollection<DiscoveredStream> Streams => _monitor.Streams;

    public IReadOnlyList<Sources.UnreadableFile> Unreadable => _monitor.Unreadable;

    /// <summary>The store has answered, and its templates are in place; nothing is sent before.</summary>
    public bool IsStoreReady => _setup.IsCompletedSuccessfully;

    /// <summary>All that was found is stored, but for open records.</summary>
    public bool IsIdle => IsStoreReady && _workers.IsIdle;

    /// <summary>Records stored by this process.</summary>
    public long StoredRecords => _instruments.Totals[_instruments.Metrics.StoredRecords];

    public long ReadBytes => _instruments.Totals[_instruments.Metrics.ReadBytes];

    /// <summary>Bytes of bulk bodies that were sent.</summary>
    public long SentBytes => _instruments.Totals[_instruments.Metrics.BulkBytes];

    /// <summary>What the CPU time is spent on.</summary>
    public CpuSplit Cpu { get; }

    /// <summary>Bytes of documents without an answer.</summary>
    public long UnansweredBytes => _budget.TotalBytes;

    /// <summary>What the workers look like now.</summary>
    public Task<IReadOnlyList<WorkerStatus>> FreshStatusesAsync() => _workers.FreshStatusesAsync();

    public IReadOnlyList<string> HeldTenants => [.. _sender.HeldTenants.Select(held => $"{held.Tenant} ({held.Reason})")];

    /// <summary>
    /// Starts everything. Throws <see cref="StateInUseException"/> when another process has the state directory, and what the file system and the
    /// network say otherwise.
    /// </summary>
    public static async Task<RunningPipeline> StartAsync(PipelineOptions options, IPipelineLog log)
    {
        TimeProvider time = TimeProvider.System;
        StateDirectoryLock held = Lock(options.Ledger.StateDirectory, time);
        var cleanUp = new Stack<IDisposable>();
        cleanUp.Push(held);
        EmbeddedStore? store = null;
        try
        {
            CheckpointJournal journal = CheckpointJournal.Open(new DirectoryStateStorage(options.Ledger.StateDirectory), new JournalOptions(), out JournalRecovery recovery);
            cleanUp.Push(journal);
            Report(recovery, log);
            if (options.Store.IsEmbedded) store = EmbeddedStore.Open(options.Store.Embedded.Path, options.Store.Embedded, time, new StoreLog(log));
            var instruments = new Instruments(log);
            cleanUp.Push(instruments);
            var status = new PipelineStatusSource(options, instruments, time);
            WebServer? web = null;
            HttpClient searchClient = SearchClientOf(options.Store);
            cleanUp.Push(searchClient);
            var searched = new Lazy<StoreAddresses>(() => new StoreAddresses(AddressesOf(options, web!)));
            web = await WebServer.StartAsync(options.Web.Listen, app =>
            {
                app.MapMetrics(instruments.Exposition, status.RefreshAsync, status.NotReady);
                if (store is not null) app.MapEmbeddedStore(WebServer.StorePrefix, store);
                if (options.Web.Page) app.MapLogPage(() => new LogSearch(searchClient, searched.Value, SearchTimeout, Wildcard(options)), status, time);
            });
            status.Listen(web.Address);
            held.SetEndpoint(web.Address.ToString());
            return new RunningPipeline(options, held, journal, store, instruments, web, status, searchClient, log);
        }
        catch
        {
            if (store is not null) await store.DisposeAsync();
            while (cleanUp.TryPop(out IDisposable? begun)) begun.Dispose();
            throw;
        }
    }

    private static StateDirectoryLock Lock(string directory, TimeProvider time)
    {
        try
        {
            return StateDirectoryLock.TryAcquire(directory, StateDirectoryLockInfo.OfThisProcess(time), out StateDirectoryLockInfo? holder) ?? throw new StateInUseException(directory, holder);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the state directory {directory} cannot be used: {unusable.Message.TrimEnd('.')}; --state DIR (ledger.state_directory) takes another", unusable);
        }
    }

    /// <summary>
    /// Reads no more, and waits until what was read is stored and its positions are durable, at most for the drain timeout; not at all
    /// where the store was never ready, as nothing is under way then.
    /// </summary>
    public async Task DrainAsync()
    {
        _monitor.Dispose();
        _workers.StopReading();
        using var limit = new CancellationTokenSource(_options.Ledger.DrainTimeout);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (IsStoreReady && !limit.IsCancellationRequested && !_workers.IsIdle)
        {
            try
            {
                await tick.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _replay.DisposeAsync();
        _memoryAtRest.Dispose();
        _monitor.Dispose();
        _workers.Dispose();
        await _stopSetup.CancelAsync();
        await _sender.DisposeAsync();
        _connection.Dispose();
        await _web.DisposeAsync();
        if (_store is not null) await _store.DisposeAsync();
        _searchClient.Dispose();
        _instruments.Dispose();
        _journal.Dispose();
        _lock.Dispose();
        _stopSetup.Dispose();
    }

    /// <summary>A client that may ask the configured store.</summary>
    public static HttpClient SearchClientOf(StoreOptions options)
    {
        var client = new HttpClient(StoreConnection.CreateHandler(options));
        AuthenticationHeaderValue? credentials = new StoreCredentials(options).Header;
        client.DefaultRequestHeaders.Authorization = credentials;
        return client;
    }

    /// <summary>Matches the indices that the pipeline writes.</summary>
    public static string Wildcard(PipelineOptions options) =>
        IndexPattern.TryParse(options.Indexing.Index, out IndexPattern? index, out _) ? index.Wildcard : options.Indexing.Index;

    private static Uri[] AddressesOf(PipelineOptions options, WebServer web) => options.Store.IsEmbedded ? [StoreAddress.Embedded(web.Address)] : StoreAddress.Configured(options.Store);

    /// <summary>Files and directories of this pipeline itself, which it does not read unless told to.</summary>
    public static string[] OwnPaths(PipelineOptions options) =>
        options.Tailing.IncludeOwnFiles ? []
        : options.Store.IsEmbedded ? [options.Ledger.StateDirectory, options.Store.Embedded.Path]
        : [options.Ledger.StateDirectory];

    private async Task<bool> HasHistoryAsync(StoreHistory history)
    {
        await _setup;
        return await history.HasAnyAsync(_stopSetup.Token);
    }

    private static void Report(JournalRecovery recovery, IPipelineLog log)
    {
        foreach (JournalFinding finding in recovery.Findings)
            log.Write(finding.IsDamage ? PipelineLogLevel.Error : PipelineLogLevel.Warning, LogEvents.CheckpointsRecovered, finding.ToString());
        foreach (string file in recovery.SetAsideBefore)
            log.Write(PipelineLogLevel.Warning, LogEvents.CheckpointsSetAside, $"{file} was set aside by an earlier start because it was damaged; delete it when you have looked at it.");
    }

    // Files that are gone and were all stored are remembered for a week, for audits.
    private static void ForgetOldFiles(PositionLedger ledger, TimeProvider time)
    {
        long before = (time.GetUtcNow() - ForgetAfter).ToUnixTimeMilliseconds();
        foreach (FileCheckpoint file in ledger.Files.Where(file => file.Complete && file.LastSeenMillis < before)) ledger.Forget(file);
    }
}
