using System.Threading.Channels;
using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using LogPipeline.Node.Connections;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Node.Sending;

/// <summary>The way of all chunks of a node: from the streams' actors through the byte window to the connection to their aggregator, or the shard region. Chunks travel here, never lines.</summary>
public sealed class ChunkGraph
{
    private readonly Channel<OutgoingChunks> _chunks = Channel.CreateUnbounded<OutgoingChunks>(new UnboundedChannelOptions { SingleReader = true });

    private ChunkGraph(ActorSystem system, IActorRef region, NodeWindow window)
    {
        Completion = ChannelSource.FromReader(_chunks.Reader)
            .Via(new ByteWindowStage(window))
            .RunWith(Sink.ForEach<OutgoingChunks>(next =>
            {
                foreach ((DeliverChunk chunk, ChunkConnection? connection) in next.Chunks)
                {
                    if (connection is null) region.Tell(chunk, next.Sender);
                    else connection.Send(chunk);
                }
                next.Sender.Tell(ChunksSent.Instance);
            }), system.Materializer());
    }

    /// <summary>Completes only with the actor system, or when the graph has failed: then nothing is sent any more, and the process has to begin anew.</summary>
    public Task<Done> Completion { get; }

    public static ChunkGraph Run(ActorSystem system, IActorRef region, NodeWindow window) => new(system, region, window);

    /// <summary>Takes chunks; their sender waits for <see cref="ChunksSent"/> before it offers others, which bounds what waits here.</summary>
    public void Offer(OutgoingChunks chunks) => _chunks.Writer.TryWrite(chunks);
}
