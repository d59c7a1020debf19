using System.Security.Cryptography;
using Akka.Actor;
using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger.State;
using LogPipeline.Node.Positions;
using LogPipeline.Node.Tailing;
using LogPipeline.Observability;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Node.Running;

/// <summary>What a node has besides its actors: the state directory, the ledger, the meters, and the monitor of its directories.</summary>
public sealed class NodeProcess : IDisposable
{
    private readonly PipelineOptions _options;
    private readonly IPipelineLog _log;
    private readonly StateDirectoryLock _lock;
    private readonly CheckpointJournal _journal;
    private readonly PipelineMetrics _metrics = new();
    private SourceMonitor? _monitor;

    private NodeProcess(PipelineOptions options, StateDirectoryLock held, CheckpointJournal journal, IPipelineLog log) =>
        (_options, _lock, _journal, _log) = (options, held, journal, log);

    /// <summary>Locks the state directory and recovers the positions; null, with the holder named in the log, when another process has it.</summary>
    public static NodeProcess? TryOpen(PipelineOptions options, IPipelineLog log)
    {
        string state = options.Ledger.StateDirectory;
        DirectoryStateStorage.CreateDirectory(state);
        StateDirectoryLock? held = StateDirectoryLock.TryAcquire(state, StateDirectoryLockInfo.OfThisProcess(TimeProvider.System), out StateDirectoryLockInfo? holder);
        if (held is null)
        {
            log.Write(PipelineLogLevel.Error, LogEvents.StateInUse, $"{state} is in use by {holder}.");
            return null;
        }
        CheckpointJournal journal = CheckpointJournal.Open(new DirectoryStateStorage(state), new JournalOptions(), out JournalRecovery recovery);
        foreach (JournalFinding finding in recovery.Findings)
            log.Write(finding.IsDamage ? PipelineLogLevel.Error : PipelineLogLevel.Warning, LogEvents.CheckpointsRecovered, finding.ToString());
        return new NodeProcess(options, held, journal, log);
    }

    /// <summary>Begins to tail: from here on files are read and sent to the region.</summary>
    public void Start(ActorSystem system, IActorRef region)
    {
        TimeProvider time = TimeProvider.System;
        var ledger = new PositionLedger(_journal, time);
        string host = _options.Enrichment.Host.Length > 0 ? _options.Enrichment.Host : Environment.MachineName;
        var fileSystem = new UnixFileSystem();
        var context = new NodeContext
        {
            Lineage = new LineageContext
            {
                FileSystem = fileSystem, Ledger = ledger, Pins = new ConfiguredPins(_options, host, time), Options = _options.Tailing, Rules = new JoiningRules(),
                Metrics = _metrics, Log = _log, Time = time, Cluster = _options.Enrichment.ClusterName, Host = host,
                Random = () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
            },
            Region = region,
            Positions = system.ActorOf(PositionRecorderActor.Props(ledger, _metrics, _log), "positions"),
            Window = new NodeWindow(_options.Cluster.NodeWindowBytes),
            Limits = new SenderLimits(),
            FirstEpoch = StreamEpoch.First(_journal.Sequence + 1),
            CheckpointInterval = _options.Ledger.CheckpointInterval,
            LookAgain = stream => _monitor?.LookAgain(stream),
        };
        IActorRef node = system.ActorOf(NodeActor.Props(context), "node");
        _monitor = new SourceMonitor(_options, fileSystem, new NodeReaders(node), [_options.Ledger.StateDirectory], _log, time);
        _monitor.Start(ledger);
    }

    /// <summary>Looks at the disk no more.</summary>
    public void StopLooking() => _monitor?.Dispose();

    public void Dispose()
    {
        _monitor?.Dispose();
        _journal.Dispose();
        _lock.Dispose();
        _metrics.Dispose();
    }
}
