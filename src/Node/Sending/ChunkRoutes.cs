using Akka.Actor;
using LogPipeline.Node.Connections;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;

namespace LogPipeline.Node.Sending;

/// <summary>
/// Which way the chunks of one actor's streams go. An epoch begins through the shard region, which finds the aggregator that owns the stream; once that has answered, and
/// has all that was sent, the rest goes on the connection to it: so nothing overtakes anything. A lost connection leads back to the region.
/// </summary>
public sealed class ChunkRoutes(ChunkConnections connections, IActorRef actor)
{
    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);

    /// <summary>How large a chunk may be, as <see cref="SenderLimits"/> says; 0 while what was sent through the region has to be answered first.</summary>
    public int MaxChunkBytes(string stream, StreamEpoch epoch)
    {
        if (!_routes.TryGetValue(stream, out Route? route) || route.Epoch != epoch) return SenderLimits.MaxChunkBytes;
        if (route.Wanted is { IsOpen: true }) return 0;
        return route.Current is null ? SenderLimits.MaxChunkBytes : SenderLimits.MaxConnectionChunkBytes;
    }

    /// <summary>The connection for a chunk that is about to be sent; null for the region.</summary>
    public ChunkConnection? Of(DeliverChunk chunk)
    {
        if (!_routes.TryGetValue(chunk.Stream, out Route? route)) _routes.Add(chunk.Stream, route = new Route());
        if (route.Epoch != chunk.Epoch)
        {
            route.Current?.Leave(chunk.Stream, actor);
            (route.Epoch, route.Current, route.Wanted) = (chunk.Epoch, null, null);
        }
        route.NextSequence = chunk.Sequence + 1;
        return route.Current;
    }

    /// <summary>An answer has come.</summary>
    /// <param name="answer">Of the owner of its stream.</param>
    /// <param name="from">Its address is the aggregator's, when it came through the engine.</param>
    public void Heard(IStreamMessage answer, Address from)
    {
        if (answer is not ChunksAccepted accepted || from.Host is null) return;
        if (!_routes.TryGetValue(answer.Stream, out Route? route) || route.Current is not null || route.Epoch != answer.Epoch) return;
        if (route.Wanted is not { IsOpen: true }) route.Wanted = connections.To(from);
        if (route.Wanted is null || accepted.NextSequence != route.NextSequence) return;
        if (route.Wanted.Join(answer.Stream, actor)) route.Current = route.Wanted;
        route.Wanted = null;
    }

    /// <summary>A connection is closed. True when the stream was on it.</summary>
    public bool Lost(ConnectionLost lost)
    {
        if (!_routes.TryGetValue(lost.Stream, out Route? route) || route.Current != lost.Connection) return false;
        route.Current = null;
        return true;
    }

    /// <summary>The actor ends.</summary>
    public void Leave()
    {
        foreach ((string stream, Route route) in _routes) route.Current?.Leave(stream, actor);
        _routes.Clear();
    }

    private sealed class Route
    {
        public StreamEpoch Epoch { get; set; }

        public long NextSequence { get; set; }

        /// <summary>Chunks go there; null: to the region.</summary>
        public ChunkConnection? Current { get; set; }

        /// <summary>Chunks will go there once what was sent through the region is accepted.</summary>
        public ChunkConnection? Wanted { get; set; }
    }
}
