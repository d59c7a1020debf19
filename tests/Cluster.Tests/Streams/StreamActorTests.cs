using Akka.Actor;
using Akka.Cluster.Sharding;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Tests.Streams;

/// <summary>An aggregator's stream answers the life of the node whose chunks it takes.</summary>
public sealed class StreamActorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_refused_chunk_of_an_earlier_life_takes_no_answers_from_the_newer_one()
    {
        await using var streams = new StreamsOfOne();
        using Inbox newer = Inbox.Create(streams.System), earlier = Inbox.Create(streams.System);

        // While the gate is held the stream cannot go on behind the first chunk, so that both are there when it encodes; the first makes no sense, which is found out only then.
        lock (streams.Bodies.LaneOf(StreamsOfOne.Name).Gate)
        {
            streams.Stream.Tell(Chunk(epoch: 2), newer.Receiver);
            streams.Stream.Tell(Chunk(epoch: 1), earlier.Receiver);
        }
        Assert.Equal(RewindReason.StaleEpoch, Assert.IsType<RewindStream>(await earlier.ReceiveAsync(Limit)).Reason);
        Assert.Equal(RewindReason.Malformed, Assert.IsType<RewindStream>(await newer.ReceiveAsync(Limit)).Reason);
    }

    [Fact]
    public async Task Who_asks_gets_the_answers_from_then_on_as_the_connection_of_the_chunks_may_be_gone()
    {
        await using var streams = new StreamsOfOne();
        using Inbox connection = Inbox.Create(streams.System), node = Inbox.Create(streams.System), stranger = Inbox.Create(streams.System);
        lock (streams.Bodies.LaneOf(StreamsOfOne.Name).Gate)
        {
            streams.Stream.Tell(Chunk(epoch: 2), connection.Receiver);
            streams.Stream.Tell(new ProbeStream(StreamsOfOne.Name, new(2), 1), node.Receiver);
            streams.Stream.Tell(new ProbeStream(StreamsOfOne.Name, new(1), 1), stranger.Receiver);
        }
        Assert.Equal(RewindReason.StaleEpoch, Assert.IsType<RewindStream>(await stranger.ReceiveAsync(Limit)).Reason);
        Assert.Equal(1, Assert.IsType<ChunksAccepted>(await node.ReceiveAsync(Limit)).NextSequence);
        Assert.Equal(RewindReason.Malformed, Assert.IsType<RewindStream>(await node.ReceiveAsync(Limit)).Reason);
    }

    [Fact]
    public async Task A_stream_at_rest_asks_its_shard_to_forget_it()
    {
        await using var streams = new StreamsOfOne();
        streams.Stream.Tell(ReceiveTimeout.Instance);
        Assert.IsType<Passivate>(await streams.Shard.ReceiveAsync(Limit));
    }

    private static DeliverChunk Chunk(long epoch) => new() { Stream = StreamsOfOne.Name, Epoch = new(epoch), Sequence = 0, Start = new(0, 0), Bytes = "a line\n"u8.ToArray() };
}
