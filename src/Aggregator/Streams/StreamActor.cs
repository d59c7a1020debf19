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
public sealed class StreamActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LookForRoomEvery = TimeSpan.FromMilliseconds(20);

    private readonly SharedBodies _bodies;
    private readonly BodyLane _lane;
    private readonly StreamReceiver _receiver;
    private readonly Func<string, bool> _mayEncode;
    private IActorRef _node = ActorRefs.Nobody;

    public StreamActor(string stream, SharedBodies bodies, JoiningRules rules, long windowBytes)
    {
        _bodies = bodies;
        _lane = bodies.LaneOf(stream);
        _receiver = new StreamReceiver(stream, Self, _lane, rules, windowBytes);
        _mayEncode = tenant => _bodies.MayEncode(_lane, tenant);
        Receive<DeliverChunk>(chunk =>
        {
            _node = Sender;
            if (_receiver.Receive(chunk) is { } refusal) _node.Tell(refusal);
            Encode();
        });
        Receive<ProbeStream>(probe =>
        {
            _node = Sender;
            Answer(_receiver.Receive(probe));
        });
        Receive<TicketOutcome>(outcome =>
        {
            Answer(_receiver.Complete(outcome));
            Encode();
        });
        Receive<LookForRoom>(_ => Encode());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string stream, SharedBodies bodies, JoiningRules rules, long windowBytes) =>
        Akka.Actor.Props.Create(() => new StreamActor(stream, bodies, rules, windowBytes)).WithDispatcher("akka.actor.stream-dispatcher");

    private void Encode()
    {
        Answer(_receiver.Encode(_mayEncode));
        _bodies.SendDue(_lane);
        if (_receiver.HasWaiting) Timers.StartSingleTimer("room", LookForRoom.Instance, LookForRoomEvery);
    }

    private void Answer(IReadOnlyList<IStreamMessage> answers)
    {
        foreach (IStreamMessage answer in answers) _node.Tell(answer, Self);
    }

    private sealed class LookForRoom
    {
        public static LookForRoom Instance { get; } = new();
    }
}
