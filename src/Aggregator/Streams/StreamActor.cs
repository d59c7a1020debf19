using Akka.Actor;
using Akka.Cluster.Sharding;
using LogPipeline.Aggregator.Bodies;
using LogPipeline.Joining;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Receiving;

namespace LogPipeline.Aggregator.Streams;

/// <summary>
/// One stream on the aggregator that owns it now: lets its <see cref="StreamReceiver"/> take and encode chunks, and answers the node that sent them. Whatever
/// it holds can be rebuilt, so it may be stopped or moved at any time: the node reads again from the durable position.
/// </summary>
public sealed class StreamActor : ReceiveActor
{
    private static readonly TimeSpan RestBeforeForgotten = TimeSpan.FromMinutes(5);

    private readonly string _stream;
    private readonly SharedBodies _bodies;
    private readonly LocalStreams _streams;
    private readonly BodyLane _lane;
    private readonly StreamReceiver _receiver;
    private readonly Func<string, int, bool> _admit;
    // Who sent the newest epoch: an earlier life of the node may still send, and is refused.
    private IActorRef _node = ActorRefs.Nobody;
    private string? _awaitsTurnOf;
    private long _waitingBytes;
    private bool _willEncode;

    public StreamActor(string stream, SharedBodies bodies, LocalStreams streams, JoiningRules rules)
    {
        (_stream, _bodies, _streams) = (stream, bodies, streams);
        _lane = bodies.LaneOf(stream);
        _receiver = new StreamReceiver(stream, Self, _lane, rules, () => bodies.WindowBytes);
        _admit = Admit;
        Receive<DeliverChunk>(chunk =>
        {
            if (_receiver.Receive(chunk) is { } answer)
            {
                Sender.Tell(answer, Self);
                return;
            }
            _node = Sender;
            EncodeSoon();
        });
        Receive<ProbeStream>(probe =>
        {
            IReadOnlyList<IStreamMessage> answers = _receiver.Receive(probe);
            // The connection on which its chunks came may be gone: what comes next is for whoever asks now.
            if (answers is not [RewindStream]) _node = Sender;
            Answer(answers, Sender);
        });
        Receive<TicketOutcome>(outcome =>
        {
            Answer(_receiver.Complete(outcome), _node);
            EncodeSoon();
        });
        Receive<EncodeReceived>(_ => Encode());
        Receive<LookForRoom>(_ => Encode());
        // Its node reads again from the durable position when there is more.
        Receive<ReceiveTimeout>(_ => Context.Parent.Tell(new Passivate(PoisonPill.Instance)));
        Context.SetReceiveTimeout(RestBeforeForgotten);
    }

    public static Props Props(string stream, SharedBodies bodies, LocalStreams streams, JoiningRules rules) =>
        Akka.Actor.Props.Create(() => new StreamActor(stream, bodies, streams, rules)).WithDispatcher("akka.actor.stream-dispatcher");

    protected override void PreStart() => _streams.Add(_stream, Self);

    protected override void PostStop()
    {
        _streams.Remove(_stream, Self);
        _bodies.Forget(Self);
        _bodies.AddWaiting(-_waitingBytes);
    }

    // Behind the chunks that have come meanwhile: all of them get one answer, and each message between members costs as much as some ten kilobytes of log.
    private void EncodeSoon()
    {
        if (_willEncode) return;
        _willEncode = true;
        Self.Tell(EncodeReceived.Instance);
    }

    private void Encode()
    {
        _willEncode = false;
        _awaitsTurnOf = null;
        IReadOnlyList<IStreamMessage> answers = _receiver.Encode(_admit);
        _bodies.AddWaiting(_receiver.WaitingBytes - _waitingBytes);
        _waitingBytes = _receiver.WaitingBytes;
        Answer(answers, _node);
        _bodies.SendDue(_lane);
        if (_awaitsTurnOf is { } tenant) _bodies.Await(tenant, Self);
    }

    private bool Admit(string tenant, int bytes)
    {
        if (_bodies.Admit(_lane, tenant, bytes)) return true;
        _awaitsTurnOf = tenant;
        return false;
    }

    private void Answer(IReadOnlyList<IStreamMessage> answers, IActorRef node)
    {
        foreach (IStreamMessage answer in answers) node.Tell(answer, Self);
    }

    private sealed class EncodeReceived
    {
        public static EncodeReceived Instance { get; } = new();
    }
}
