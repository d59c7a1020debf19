using System.Collections.Concurrent;
using Akka.Actor;
using LogPipeline.Cluster.Connections;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Node.Connections;

/// <summary>This node's connection to one aggregator: takes chunks of the streams that are on it, and hands what the aggregator answers to their actors. Safe from any thread.</summary>
public sealed class ChunkConnection(MessageConnection connection)
{
    private readonly ConcurrentDictionary<string, IActorRef> _streams = new(StringComparer.Ordinal);
    private volatile bool _isClosed;

    public bool IsOpen => !_isClosed;

    /// <summary>From now on a stream's answers go to its actor, and so does <see cref="ConnectionLost"/>. False when the connection is closed.</summary>
    public bool Join(string stream, IActorRef actor)
    {
        _streams[stream] = actor;
        if (!_isClosed) return true;
        Leave(stream, actor);
        return false;
    }

    /// <summary>A stream's actor is on it no longer; one that has taken its place stays.</summary>
    public void Leave(string stream, IActorRef actor) => _streams.TryRemove(new(stream, actor));

    /// <summary>Sends a chunk behind those before it. It is lost when the connection is closed.</summary>
    public void Send(DeliverChunk chunk) => connection.Send(chunk);

    /// <summary>Serves the connection until it is closed, by either side or a fault, which is thrown.</summary>
    internal async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await connection.RunAsync(Deliver, stopping);
        }
        finally
        {
            _isClosed = true;
            connection.Dispose();
            foreach ((string stream, IActorRef actor) in _streams) actor.Tell(new ConnectionLost(stream, this));
        }
    }

    private void Deliver(IStreamMessage answer)
    {
        if (_streams.TryGetValue(answer.Stream, out IActorRef? actor)) actor.Tell(answer, ActorRefs.NoSender);
    }
}
