using Akka.Actor;
using LogPipeline.Aggregator.Bodies;
using LogPipeline.Aggregator.Streams;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Cluster.Observability;
using LogPipeline.Cluster.Sharding;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Observability;
using LogPipeline.Protocol;
using LogPipeline.Protocol.Messages;
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;
using LogPipeline.Tests.Running;

namespace LogPipeline.Tests.Streams;

/// <summary>An aggregator's stream answers the life of the node whose chunks it takes.</summary>
public sealed class StreamActorTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_refused_chunk_of_an_earlier_life_takes_no_answers_from_the_newer_one()
    {
        using ActorSystem system = ActorSystem.Create(ClusterHocon.SystemName, ClusterHocon.Of(new ClusterOptions { Listen = $"127.0.0.1:{FreePorts.Take(1)[0]}" }, ClusterRole.Aggregator));
        using var metrics = new PipelineMetrics();
        var quotas = TenantQuotas.Granted(new TenantLimits([]), new ConsoleLog(), TimeProvider.System);
        using var bodies = new SharedBodies(new PipelineOptions(), metrics, new NoSender(), new MemoryBudget(1 << 20), quotas, lanes: 1);
        using Inbox newer = Inbox.Create(system), earlier = Inbox.Create(system);
        IActorRef stream = system.ActorOf(StreamActor.Props("stream", bodies, new JoiningRules()));

        // While the gate is held the stream cannot go on behind the first chunk, so that both are there when it encodes; the first makes no sense, which is found out only then.
        lock (bodies.LaneOf("stream").Gate)
        {
            stream.Tell(Chunk(epoch: 2), newer.Receiver);
            stream.Tell(Chunk(epoch: 1), earlier.Receiver);
        }
        Assert.Equal(RewindReason.StaleEpoch, Assert.IsType<RewindStream>(await earlier.ReceiveAsync(Limit)).Reason);
        Assert.Equal(RewindReason.Malformed, Assert.IsType<RewindStream>(await newer.ReceiveAsync(Limit)).Reason);
        await system.Terminate();
    }

    private static DeliverChunk Chunk(long epoch) => new() { Stream = "stream", Epoch = new(epoch), Sequence = 0, Start = new(0, 0), Bytes = "a line\n"u8.ToArray() };

    private sealed class NoSender : IBulkSender
    {
        public void Send(BulkBody body, Action<BulkBody> completed) => throw new InvalidOperationException("Nothing was encoded.");

        public int InFlight(string tenant) => 0;
    }
}
