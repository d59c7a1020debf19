using Akka.Actor;
using LogPipeline.Ledger;
using LogPipeline.Observability;

namespace LogPipeline.Node.Positions;

/// <summary>Makes checkpoints durable, those of all streams that asked meanwhile in one batch. A disk that refuses is tried again every second; until then nothing new is sent.</summary>
public sealed class PositionRecorderActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly PositionLedger _ledger;
    private readonly IPipelineLog _log;
    private readonly PipelineMetrics _metrics;
    private readonly List<FileCheckpoint> _files = [];
    private readonly List<IActorRef> _asking = [];
    private bool _flushing, _failing;

    public PositionRecorderActor(PositionLedger ledger, PipelineMetrics metrics, IPipelineLog log)
    {
        (_ledger, _metrics, _log) = (ledger, metrics, log);
        Receive<RecordPositions>(record =>
        {
            _files.AddRange(record.Files);
            _asking.Add(Sender);
            // Behind what is in the mailbox already: that goes into the same batch.
            if (!_flushing) Self.Tell(Flush.Instance);
            _flushing = true;
        });
        Receive<Flush>(_ => Write());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(PositionLedger ledger, PipelineMetrics metrics, IPipelineLog log) =>
        Akka.Actor.Props.Create(() => new PositionRecorderActor(ledger, metrics, log)).WithDispatcher("akka.actor.stream-dispatcher");

    private void Write()
    {
        long started = TimeProvider.System.GetTimestamp();
        try
        {
            _ledger.Commit(_files);
        }
        catch (IOException error)
        {
            if (!_failing) _log.Write(PipelineLogLevel.Error, LogEvents.CheckpointFailed, $"Positions cannot be written: {error.Message} Nothing new is sent until they can.");
            _failing = true;
            Timers.StartSingleTimer("retry", Flush.Instance, RetryAfter);
            return;
        }
        _metrics.CheckpointSeconds.Record(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        if (_failing) _log.Write(PipelineLogLevel.Info, LogEvents.CheckpointRecovered, "Positions can be written again.");
        _failing = _flushing = false;
        foreach (IActorRef asking in _asking) asking.Tell(PositionsRecorded.Instance);
        _files.Clear();
        _asking.Clear();
    }

    private sealed class Flush
    {
        public static Flush Instance { get; } = new();
    }
}
