using Akka.Actor;
using LogPipeline.Cluster.Connections;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Aggregator.Connections;

/// <summary>Who sends what came on a node's connection, for the actors of streams: what they answer goes back on it.</summary>
public sealed class AnswerActor : ReceiveActor
{
    public AnswerActor(MessageConnection connection) => Receive<IStreamMessage>(connection.Send);

    public static Props Props(MessageConnection connection) => Akka.Actor.Props.Create(() => new AnswerActor(connection));
}
