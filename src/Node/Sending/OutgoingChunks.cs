using Akka.Actor;
using LogPipeline.Node.Connections;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Node.Sending;

/// <summary>Chunks of one actor on their way to aggregators, in order.</summary>
/// <param name="Chunks">The messages, at least one, each with the connection that it goes on; null for the region.</param>
/// <param name="Sender">The stream's actor: aggregators answer it, and it is told <see cref="ChunksSent"/>.</param>
/// <param name="OwnBytes">What the stream had under way before them.</param>
public sealed record OutgoingChunks(IReadOnlyList<(DeliverChunk Chunk, ChunkConnection? Connection)> Chunks, IActorRef Sender, long OwnBytes)
{
    /// <summary>As many as one read gives: a hop between actors costs the more the fewer chunks it is for.</summary>
    public const int Most = 4;
}
