using Akka.Actor;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Node.Sending;

/// <summary>Chunks of one stream on their way to the region, in order.</summary>
/// <param name="Chunks">The messages, at least one.</param>
/// <param name="Sender">The stream's actor: aggregators answer it, and it is told <see cref="ChunksSent"/>.</param>
/// <param name="OwnBytes">What the stream had under way before them.</param>
public sealed record OutgoingChunks(IReadOnlyList<DeliverChunk> Chunks, IActorRef Sender, long OwnBytes)
{
    /// <summary>As many as one read gives: a hop between actors costs the more the fewer chunks it is for.</summary>
    public const int Most = 4;
}
