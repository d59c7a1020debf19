using System.Security.Cryptography;
using Akka.Actor;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Setup;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Ledger.State;
using LogPipeline.Node.Connections;
using LogPipeline.Node.Metadata;
using LogPipeline.Node.Positions;
using LogPipeline.Node.Sending;
using LogPipeline.Node.Tailing;
using LogPipeline.Observability;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;
using LogPipeline.Sources;
using LogPipeline.Tailing.Descriptors;
using LogPipeline.Tailing;
using LogPipeline.Tailing.Volumes;

namespace LogPipeline.Node.Running;

/// <summary>What a node has besides its actors: the state directory, the ledger, the meters, and the monitor of its directories.</summary>
public sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan HistoryLimit = TimeSpan.FromSeconds(10);

    private readonly PipelineOptions _options;
    private readonly MemberCertificate? _certificate;
    private readonly IPipelineLog _log;
    private readonly StateDirectoryLock _lock;
    private readonly PositionDatabase _database;
    private KubernetesApi? _api;
    private MetadataWatch? _metadata;
    private SourceMonitor? _monitor;
    private ChunkConnections? _connections;

    private NodeProcess(PipelineOptions options, MemberCertificate? certificate, StateDirectoryLock held, PositionDatabase database, KubernetesApi? api, IPipelineLog log) =>
        (_options, _certificate, _lock, _database, _api, _log) = (options, certificate, held, database, api, log);

    public PipelineMetrics Metrics { get; } = new();

    /// <summary>Locks the state directory and recovers the positions; null, with the holder named in the log, when another process has it.</summary>
    public static NodeProcess? TryOpen(PipelineOptions options, MemberCertificate? certificate, IPipelineLog log)
    {
        string state = options.Ledger.StateDirectory;
        DirectoryStateStorage.CreateDirectory(state);
        StateDirectoryLock? held = StateDirectoryLock.TryAcquire(state, StateDirectoryLockInfo.OfThisProcess(TimeProvider.System), out StateDirectoryLockInfo? holder);
        if (held is null)
        {
            log.Write(PipelineLogLevel.Error, LogEvents.StateInUse, $"{state} is in use by {holder}.");
            return null;
        }
        KubernetesApi? api = null;
        if (options.Enrichment.Kubernetes.Enabled && (api = KubernetesApi.TryOpen(options.Enrichment.Kubernetes, out string problem)) is null)
        {
            log.Write(PipelineLogLevel.Error, LogEvents.MemberCannotStart, problem);
            held.Dispose();
            return null;
        }
        PositionDatabase? database = PositionDatabase.TryOpen(options.Cluster, options.Ledger, HostOf(options), Environment.GetEnvironmentVariable);
        if (database is not null) return new NodeProcess(options, certificate, held, database, api, log);
        log.Write(PipelineLogLevel.Error, LogEvents.StateInUse, $"The positions of {HostOf(options)} are in use by another process.");
        api?.Dispose();
        held.Dispose();
        return null;
    }

    /// <summary>The engine's configuration of where positions are kept.</summary>
    public string Hocon => _database.Hocon;

    /// <summary>Recovers the positions and begins to tail: from here on files are read and sent to the region.</summary>
    public async Task StartAsync(ActorSystem system, IActorRef region, CancellationToken stopping)
    {
        TimeProvider time = TimeProvider.System;
        PersistedCheckpoints checkpoints = await PersistedCheckpoints.RecoverAsync(system.ActorOf(_database.JournalProps(), "position-journal"), RecoveryPatience.Default, stopping);
        var ledger = new PositionLedger(checkpoints, time);
        string host = HostOf(_options);
        Task<bool> mayKnow = MayStoreKnowAsync(host, time, stopping);
        var fileSystem = new VolumeFileSystem(new UnixFileSystem());
        var window = new NodeWindow(_options.Cluster.NodeWindowBytes);
        var chunks = ChunkGraph.Run(system, region, window);
        _ = chunks.Completion.ContinueWith(ended => ReportEnd(system, ended), TaskScheduler.Default);
        var logFiles = new LimitedFileSystem(fileSystem, LimitedFileSystem.ForThisProcess(), _log, time);
        var context = new NodeContext
        {
            Lineage = new LineageContext
            {
                FileSystem = logFiles, Ledger = ledger, Pins = PinsOf(host, time), Options = _options.Tailing, Rules = new JoiningRules(),
                Metrics = Metrics, Log = _log, Time = time, Cluster = _options.Enrichment.ClusterName, Host = host,
                StoreMayKnow = () => mayKnow.IsCompletedSuccessfully ? mayKnow.Result : null,
                Random = () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            },
            Region = region,
            Positions = system.ActorOf(PositionRecorderActor.Props(ledger, Metrics, _log), "positions"),
            Window = window,
            Chunks = chunks,
            Connections = _connections = new ChunkConnections(system, _certificate, _log, time),
            Backlogs = new StreamBacklogs(_options.Tailing.RotationRoomBytes, time),
            Ages = new CheckpointAges(time),
            Limits = new SenderLimits(),
            Epochs = new StreamEpochs(checkpoints.Sequence),
            CheckpointInterval = _options.Ledger.CheckpointInterval,
            LookAgain = stream => _monitor?.LookAgain(stream),
        };
        IActorRef node = system.ActorOf(NodeActor.Props(context), "node");
        _monitor = new SourceMonitor(_options, fileSystem, new NodeReaders(node), [_options.Ledger.StateDirectory], _log, time, _options.Enrichment.Kubernetes.Hints ? _metadata?.Directory : null);
        Metrics.ObserveBacklogs(() => context.Backlogs);
        Metrics.ObserveChunkConnections(() => context.Connections.Count);
        Metrics.ObserveMetadata(() => context.Backlogs.UndecidedStreams);
        Metrics.ObserveNode(() => context.Backlogs.Bytes, () => context.Window.Bytes, () => _monitor.Streams.Sum(stream => stream.Files.Count), () => logFiles.OpenFiles, () => context.Ages.OldestSeconds);
        CoordinatedShutdown.Get(system).AddTask(MemberHost.DrainPhase, "drain", async () =>
        {
            _monitor.Dispose();
            await node.Ask<StreamDrained>(DrainStreams.Instance, _options.Ledger.DrainTimeout).ContinueWith(_ => { }, TaskContinuationOptions.ExecuteSynchronously);
            return Akka.Done.Instance;
        });
        _monitor.Start(ledger);
    }

    // Streams wait for what the API says; the process does not.
    private IPinSource PinsOf(string host, TimeProvider time)
    {
        if (_api is null) return new ConfiguredPins(_options, host, time);
        KubernetesOptions kubernetes = _options.Enrichment.Kubernetes;
        string? pods = Directory.Exists(kubernetes.PodsDirectory) ? new UnixFileSystem().ResolvePath(kubernetes.PodsDirectory) : null;
        _metadata = MetadataWatch.Start(_api, kubernetes.Node.Length > 0 ? kubernetes.Node : host, Metrics, _log, time, pods);
        _api = null;
        return new PodPins(_options, host, _metadata.Directory, Metrics, _log, time);
    }

    // Without it nothing is sent: the next life of the process reads on from the durable positions.
    private void ReportEnd(ActorSystem system, Task ended)
    {
        if (system.WhenTerminated.IsCompleted || CoordinatedShutdown.Get(system).ShutdownReason is not null) return;
        _log.Write(PipelineLogLevel.Error, LogEvents.WorkerFault, $"The graph that sends chunks has ended: {ended.Exception?.GetBaseException().Message ?? "without a fault"}. The process ends.");
        CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.UnknownReason.Instance);
    }

    // A ledger can only have been lost where the store has anything of this host: otherwise files that are older than the ledger are new. A store that cannot be asked may know.
    private async Task<bool> MayStoreKnowAsync(string host, TimeProvider time, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(HistoryLimit);
        try
        {
            Uri[] addresses = [.. _options.Store.Urls.Select(url => new Uri(url.EndsWith('/') ? url : url + "/"))];
            using var connection = new StoreConnection(addresses, _options.Store, _options.Indexing, StoreConnection.CreateHandler(_options.Store), time);
            return await new StoreHistory(connection, _options.Indexing.Index, host).HasAnyAsync(limit.Token);
        }
        catch (InvalidOperationException)
        {
            return true; // the node has no file of authorities to trust
        }
    }

    private static string HostOf(PipelineOptions options) => options.Enrichment.Host.Length > 0 ? options.Enrichment.Host : Environment.MachineName;

    public void Dispose()
    {
        _monitor?.Dispose();
        _connections?.Dispose();
        _metadata?.Dispose();
        _api?.Dispose();
        _database.Dispose();
        _lock.Dispose();
        Metrics.Dispose();
    }
}
