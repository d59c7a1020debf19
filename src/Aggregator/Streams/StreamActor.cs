using Akka.Actor;
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
    private readonly SharedBodies _bodies;
    private readonly BodyLane _lane;
    private readonly StreamReceiver _receiver;
    private readonly Func<string, int, bool> _admit;
    // Who sent the newest epoch: an earlier life of the node may still send, and is refused.
    private IActorRef _node = ActorRefs.Nobody;
    private string? _awaitsTurnOf;
    private long _waitingBytes;
    private bool _willEncode;

    public StreamActor(string stream, SharedBodies bodies, JoiningRules rules)
    {
        _bodies = bodies;
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
            foreach (IStreamMessage answer in _receiver.Receive(probe)) Sender.Tell(answer, Self);
        });
        Receive<TicketOutcome>(outcome =>
        {
            Answer(_receiver.Complete(outcome));
            EncodeSoon();
        });
        Receive<EncodeReceived>(_ => Encode());
        Receive<LookForRoom>(_ => Encode());
    }

    public static Props Props(string stream, SharedBodies bodies, JoiningRules rules) =>
        Akka.Actor.Props.Create(() => new StreamActor(stream, bodies, rules)).WithDispatcher("akka.actor.stream-dispatcher");

    protected override void PostStop()
    {
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
        Answer(answers);
        _bodies.SendDue(_lane);
        if (_awaitsTurnOf is { } tenant) _bodies.Await(tenant, Self);
    }

    private bool Admit(string tenant, int bytes)
    {
        if (_bodies.Admit(_lane, tenant, bytes)) return true;
        _awaitsTurnOf = tenant;
        return false;
    }

    private void Answer(IReadOnlyList<IStreamMessage> answers)
    {
        foreach (IStreamMessage answer in answers) _node.Tell(answer, Self);
    }

    private sealed class EncodeReceived
    {
        public static EncodeReceived Instance { get; } = new();
    }
}
