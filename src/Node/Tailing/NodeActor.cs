using Akka.Actor;

namespace LogPipeline.Node.Tailing;

/// <summary>Owns the actors of all streams of this node: begins one for each stream that is discovered, and ends it when the stream is over.</summary>
public sealed class NodeActor : ReceiveActor
{
    private readonly Dictionary<string, Child> _streams = [];
    private readonly HashSet<IActorRef> _undrained = [];

    public NodeActor(NodeContext context)
    {
        Receive<SyncStream>(sync =>
        {
            if (!_streams.TryGetValue(sync.Stream.Key, out Child? child))
                _streams[sync.Stream.Key] = child = new Child(Context.ActorOf(StreamTailerActor.Props(context, sync.Stream)));
            child.Tell(sync);
        });
        Receive<TouchStream>(touch =>
        {
            if (_streams.TryGetValue(touch.Key, out Child? child)) child.Tell(touch);
        });
        Receive<StreamIsOver>(over =>
        {
            if (!_streams.TryGetValue(over.Key, out Child? child) || child.Told != over.MessagesSeen) return;
            _streams.Remove(over.Key);
            Context.Stop(child.Actor);
        });
        Receive<DrainStreams>(drain =>
        {
            foreach (Child child in _streams.Values)
            {
                _undrained.Add(child.Actor);
                child.Actor.Tell(drain);
            }
            Become(() => Draining(Sender));
        });
    }

    // What is discovered now, and streams that are over, are the next life's.
    private void Draining(IActorRef asked)
    {
        AnswerWhenDrained();
        Receive<StreamDrained>(_ =>
        {
            _undrained.Remove(Sender);
            AnswerWhenDrained();
        });
        ReceiveAny(_ => { });

        void AnswerWhenDrained()
        {
            if (_undrained.Count == 0) asked.Tell(StreamDrained.Instance);
        }
    }

    public static Props Props(NodeContext context) => Akka.Actor.Props.Create(() => new NodeActor(context));

    private sealed class Child(IActorRef actor)
    {
        public IActorRef Actor { get; } = actor;

        public long Told { get; private set; }

        public void Tell(object message)
        {
            Told++;
            Actor.Tell(message);
        }
    }
}
