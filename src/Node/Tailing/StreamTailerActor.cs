using Akka.Actor;
using LogPipeline.Node.Connections;
using LogPipeline.Node.Positions;
using LogPipeline.Node.Sending;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;
using LogPipeline.Sources;

namespace LogPipeline.Node.Tailing;

/// <summary>
/// One stream of this node: lets its <see cref="StreamSenders"/> read and send while there is room, and makes its decisions and positions durable. While they are
/// being recorded nothing else is done, as the recorder reads the same objects.
/// </summary>
public sealed class StreamTailerActor : ReceiveActor, IWithStash, IWithTimers, IDisposable
{
    private const int ReadsATurn = 8;

    private static readonly TimeSpan WaitingTick = TimeSpan.FromSeconds(1);

    private readonly NodeContext _context;
    private readonly StreamSenders _senders;
    private readonly ChunkRoutes _routes;
    private readonly Func<string, StreamEpoch, int> _maxChunkBytes;
    private ReadOutcome _last = ReadOutcome.Progress;
    private TimeSpan _tick;
    private long _recordedAt, _messages, _underWay;
    private bool _pumping, _sending, _isDraining, _active;

    public StreamTailerActor(NodeContext context, DiscoveredStream stream)
    {
        _context = context;
        _senders = new StreamSenders(context.Lineage, stream, context.IdOf(stream.Key), context.Epochs, context.Limits);
        _routes = new ChunkRoutes(context.Connections, Self);
        _maxChunkBytes = _routes.MaxChunkBytes;
        _recordedAt = context.Lineage.Time.GetTimestamp();
        Active();
    }

    public IStash Stash { get; set; } = null!;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext context, DiscoveredStream stream) =>
        Akka.Actor.Props.Create(() => new StreamTailerActor(context, stream)).WithDispatcher("akka.actor.stream-dispatcher");

    protected override void PostStop() => Dispose();

    public void Dispose()
    {
        _context.Window.Add(-_underWay);
        _context.Backlogs.Forget(_senders.Key);
        _context.Ages.Recorded(_senders.Key);
        _underWay = 0;
        SetActive(false);
        _routes.Leave();
        _senders.Dispose();
    }

    private void Active()
    {
        Receive<SyncStream>(sync =>
        {
            _messages++;
            _senders.Sync(sync.Stream);
            LookAgainIfWanted();
            Pump();
        });
        Receive<TouchStream>(_ =>
        {
            _messages++;
            if (_senders.HasWaitingFiles)
            {
                _senders.Sync(_senders.Stream);
                LookAgainIfWanted();
            }
            Pump();
        });
        Receive<IStreamMessage>(answer =>
        {
            _routes.Heard(answer, Sender.Path.Address);
            if (_senders.Receive(answer)) Pump();
            else Settle();
        });
        Receive<ConnectionLost>(lost =>
        {
            if (_routes.Lost(lost) && _senders.Question(lost.Stream) is { } question) _context.Region.Tell(question, Self);
        });
        Receive<ChunksSent>(_ =>
        {
            _sending = false;
            Pump();
        });
        Receive<GoOn>(_ =>
        {
            _pumping = false;
            Pump();
        });
        Receive<DrainStreams>(_ =>
        {
            _isDraining = true;
            _senders.StopReading();
            Pump();
        });
        Receive<Tick>(_ =>
        {
            LookAgainIfWanted();
            _senders.CutSilent();
            foreach (ProbeStream probe in _senders.Overdue()) _context.Region.Tell(probe, Self);
            Pump();
        });
    }

    // Only the answer of the recorder is looked at; everything else waits.
    private void Recording()
    {
        Receive<PositionsRecorded>(_ =>
        {
            _senders.Committed();
            _context.Ages.Recorded(_senders.Key);
            _recordedAt = _context.Lineage.Time.GetTimestamp();
            Become(Active);
            Stash.UnstashAll();
            Pump();
        });
        // The next one does as well; kept, they would pile up behind a slow disk.
        Receive<Tick>(_ => { });
        ReceiveAny(_ => Stash.Stash());
    }

    private void Pump()
    {
        for (int reads = 0; reads < ReadsATurn; reads++)
        {
            if (_senders.HasUncommitted)
            {
                Record();
                return;
            }
            Send();
            ReadOutcome outcome = Read();
            if (outcome == ReadOutcome.Progress) LookAgainIfWanted();
            if (outcome != ReadOutcome.AwaitingVerdict) _last = outcome;
            if (outcome != ReadOutcome.Progress && !_senders.HasUncommitted)
            {
                Settle();
                return;
            }
        }
        if (_pumping) return;
        _pumping = true;
        Self.Tell(GoOn.Instance);
        Settle();
    }

    // What is there is offered at once, and the next when the graph says that it has gone.
    private void Send()
    {
        long own = _senders.UnacceptedBytes;
        if (_sending || !_senders.TryTake(out DeliverChunk chunk, _maxChunkBytes)) return;
        _sending = true;
        var chunks = new List<(DeliverChunk, ChunkConnection?)>(OutgoingChunks.Most) { (chunk, _routes.Of(chunk)) };
        while (chunks.Count < OutgoingChunks.Most && _senders.TryTake(out chunk, _maxChunkBytes)) chunks.Add((chunk, _routes.Of(chunk)));
        CountUnderWay();
        _context.Chunks.Offer(new OutgoingChunks(chunks, Self, own));
    }

    private ReadOutcome Read()
    {
        using var buffer = new ReadBuffer(SenderLimits.MaxConnectionChunkBytes);
        try
        {
            return _senders.Read(buffer);
        }
        catch (IOException error)
        {
            _context.Lineage.Log.Write(PipelineLogLevel.Warning, LogEvents.ReadFailed, $"{_senders.Key}: {error.Message} It is tried again; its position stays where it is.");
            return ReadOutcome.NotYetReadable;
        }
    }

    // Positions are recorded now and then; the clock runs only while something is to be done.
    private void Settle()
    {
        CountUnderWay();
        CountBacklog();
        if (_senders.HasDirty) _context.Ages.Waits(_senders.Key);
        if (_senders.HasDirty && (_isDraining || _context.Lineage.Time.GetElapsedTime(_recordedAt) >= _context.CheckpointInterval))
        {
            Record();
            return;
        }
        if (_isDraining && _senders.IsCaughtUp)
        {
            _isDraining = false;
            Context.Parent.Tell(StreamDrained.Instance);
        }
        if (_senders.IsOver) Context.Parent.Tell(new StreamIsOver(_senders.Key, _messages));
        SetActive(!_senders.IsCaughtUp || _senders.IsHeldUp || _senders.HasCuttable || _last != ReadOutcome.AtEnd);
        SetTick(_active ? _context.Pace.Interval : _senders.AwaitsReport ? WaitingTick : TimeSpan.Zero);
    }

    private void Record()
    {
        _context.Ages.Waits(_senders.Key);
        _context.Positions.Tell(new RecordPositions(_senders.Changed), Self);
        Become(Recording);
    }

    private void LookAgainIfWanted()
    {
        if (_senders.TakeWantsLook()) _context.LookAgain(_senders.Stream);
    }

    private void CountUnderWay()
    {
        long now = _senders.UnacceptedBytes;
        _context.Window.Add(now - _underWay);
        _underWay = now;
    }

    private void CountBacklog()
    {
        if (_senders.NewestFile is { } newest) _context.Backlogs.Observe(newest.HeadOf(_senders.Key, _senders.BacklogBytes));
        else _context.Backlogs.Forget(_senders.Key);
    }

    private void SetActive(bool active)
    {
        if (active == _active) return;
        _active = active;
        if (active) _context.Pace.Begin();
        else _context.Pace.End();
    }

    private void SetTick(TimeSpan tick)
    {
        if (tick == _tick) return;
        _tick = tick;
        if (tick == TimeSpan.Zero) Timers.Cancel("tick");
        else Timers.StartPeriodicTimer("tick", Tick.Instance, tick);
    }

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }

    private sealed class GoOn
    {
        public static GoOn Instance { get; } = new();
    }
}
