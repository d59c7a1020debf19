using Akka.Actor;
using Akka.Cluster.Sharding;
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
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;
using LogPipeline.Tests.Running;

namespace LogPipeline.Tests.Streams;

/// <summary>The actor of one stream of an aggregator, which encodes nothing, below one that stands for its shard.</summary>
internal sealed class StreamsOfOne : IAsyncDisposable
{
    public const string Name = "stream";

    private readonly PipelineMetrics _metrics = new();

    public StreamsOfOne()
    {
        System = ActorSystem.Create(ClusterHocon.SystemName, ClusterHocon.Of(new ClusterOptions { Listen = $"127.0.0.1:{FreePorts.Take(1)[0]}" }, ClusterRole.Aggregator));
        Bodies = new SharedBodies(new PipelineOptions(), _metrics, new NoSender(), new MemoryBudget(1 << 20), TenantQuotas.Granted(new TenantLimits([]), new ConsoleLog(), TimeProvider.System), lanes: 1);
        Shard = Inbox.Create(System);
        var made = new TaskCompletionSource<IActorRef>();
        System.ActorOf(Props.Create(() => new Parent(StreamActor.Props(Name, Bodies, new LocalStreams(), new JoiningRules()), made, Shard.Receiver)));
        Stream = made.Task.GetAwaiter().GetResult();
    }

    public ActorSystem System { get; }

    public SharedBodies Bodies { get; }

    public IActorRef Stream { get; }

    /// <summary>What the stream says to its shard.</summary>
    public Inbox Shard { get; }

    public async ValueTask DisposeAsync()
    {
        Shard.Dispose();
        await System.Terminate();
        Bodies.Dispose();
        _metrics.Dispose();
    }

    private sealed class Parent : ReceiveActor
    {
        public Parent(Props stream, TaskCompletionSource<IActorRef> made, IActorRef told)
        {
            made.SetResult(Context.ActorOf(stream));
            Receive<Passivate>(told.Tell);
        }
    }

    private sealed class NoSender : IBulkSender
    {
        public void Send(BulkBody body, Action<BulkBody> completed) => throw new InvalidOperationException("Nothing was encoded.");

        public int InFlight(string tenant) => 0;
    }
}
