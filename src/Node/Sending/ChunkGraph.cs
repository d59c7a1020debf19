using System.Threading.Channels;
using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace LogPipeline.Node.Sending;

/// <summary>The way of all chunks of a node: from the streams' actors through the byte window to the shard region. Chunks travel here, never lines.</summary>
public sealed class ChunkGraph
{
    private readonly Channel<OutgoingChunk> _chunks = Channel.CreateUnbounded<OutgoingChunk>(new UnboundedChannelOptions { SingleReader = true });

    private ChunkGraph(ActorSystem system, IActorRef region, NodeWindow window)
    {
        Completion = ChannelSource.FromReader(_chunks.Reader)
            .Via(new ByteWindowStage(window))
            .RunWith(Sink.ForEach<OutgoingChunk>(chunk =>
            {
                region.Tell(chunk.Chunk, chunk.Sender);
                chunk.Sender.Tell(ChunkSent.Instance);
            }), system.Materializer());
    }

    /// <summary>Completes only with the actor system, or when the graph has failed: then nothing is sent any more, and the process has to begin anew.</summary>
    public Task<Done> Completion { get; }

    public static ChunkGraph Run(ActorSystem system, IActorRef region, NodeWindow window) => new(system, region, window);

    /// <summary>Takes a chunk; its sender waits for <see cref="ChunkSent"/> before it offers another, which bounds what waits here.</summary>
    public void Offer(OutgoingChunk chunk) => _chunks.Writer.TryWrite(chunk);
}
