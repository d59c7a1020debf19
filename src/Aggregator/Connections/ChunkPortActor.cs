using Akka.Actor;
using LogPipeline.Cluster.Connections;

namespace LogPipeline.Aggregator.Connections;

/// <summary>Tells nodes on which port this aggregator takes chunks.</summary>
public sealed class ChunkPortActor : ReceiveActor
{
    public ChunkPortActor(ChunkPort port) => Receive<AskChunkPort>(_ => Sender.Tell(port));

    public static Props Props(ChunkPort port) => Akka.Actor.Props.Create(() => new ChunkPortActor(port));
}
