using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using LogPipeline.Aggregator.Connections;
using LogPipeline.Aggregator.Streams;
using LogPipeline.Cluster.Bootstrap;
using LogPipeline.Cluster.Connections;
using LogPipeline.Cluster.Observability;
using LogPipeline.Cluster.Sharding;
using LogPipeline.Node.Connections;
using LogPipeline.Protocol;
using LogPipeline.Protocol.Messages;
using LogPipeline.Tests.Running;

namespace LogPipeline.Tests.Connections;

/// <summary>An aggregator's end of connections for chunks, and a node's, in one process with one engine.</summary>
internal sealed class ChunkListening : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public ChunkListening(MemberCertificate? aggregator = null, MemberCertificate? node = null)
    {
        System = ActorSystem.Create(ClusterHocon.SystemName, ClusterHocon.Of(new ClusterOptions { Listen = $"127.0.0.1:{FreePorts.Take(1)[0]}" }, ClusterRole.Aggregator));
        Listener = ChunkListener.Start(new IPEndPoint(IPAddress.Loopback, 0), aggregator, Streams, System, new ConsoleLog());
        System.ActorOf(ChunkPortActor.Props(Listener.Port), ChunkPort.ActorName);
        Connections = new ChunkConnections(System, node, new ConsoleLog(), TimeProvider.System);
    }

    public ActorSystem System { get; }

    public ChunkListener Listener { get; }

    /// <summary>The streams that the aggregator owns.</summary>
    public LocalStreams Streams { get; } = new();

    /// <summary>Of the node.</summary>
    public ChunkConnections Connections { get; }

    /// <summary>Of the aggregator.</summary>
    public Address Address => Akka.Cluster.Cluster.Get(System).SelfAddress;

    public static DeliverChunk Chunk(string stream, long epoch, long sequence) => new() { Stream = stream, Epoch = new(epoch), Sequence = sequence, Start = new(0, 0), Bytes = "a line\n"u8.ToArray() };

    public static ChunksAccepted Accepted(string stream, long epoch, long next) => new() { Stream = stream, Epoch = new(epoch), NextSequence = next, GrantedBytes = 1 << 20 };

    /// <summary>The node's connection to the aggregator, once it is there.</summary>
    public async Task<ChunkConnection> ConnectedAsync()
    {
        Assert.True(await Eventually.ComesAsync(Limit, () => Connections.To(Address) is not null), "no connection");
        return Connections.To(Address)!;
    }

    /// <summary>A connection that knows nothing of the engine.</summary>
    public async Task<MessageConnection> ConnectAsync(MemberCertificate? certificate)
    {
        using var limit = new CancellationTokenSource(Limit);
        return await ConnectionOpening.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Listener.Port.Port), certificate, limit.Token);
    }

    /// <summary>What the aggregator says to whoever sends it something else.</summary>
    public async Task<byte[]> SayAsync(byte[] bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Listener.Port.Port, limit.Token);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(bytes, limit.Token);
        using var said = new MemoryStream();
        try
        {
            await stream.CopyToAsync(said, limit.Token);
        }
        catch (IOException)
        {
            // closed with bytes unread
        }
        return said.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Connections.Dispose();
        Listener.Dispose();
        await System.Terminate();
    }
}
