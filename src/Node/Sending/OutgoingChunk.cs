using Akka.Actor;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Node.Sending;

/// <summary>A chunk on its way to the region.</summary>
/// <param name="Chunk">The message.</param>
/// <param name="Sender">The stream's actor: aggregators answer it, and it is told <see cref="ChunkSent"/>.</param>
/// <param name="OwnBytes">What the stream had under way before this chunk.</param>
public sealed record OutgoingChunk(DeliverChunk Chunk, IActorRef Sender, long OwnBytes);
