using System.Collections.Concurrent;
using Akka.Actor;

namespace LogPipeline.Aggregator.Streams;

/// <summary>The actors of the streams that this aggregator owns now, by the streams' names. Safe from any thread.</summary>
public sealed class LocalStreams
{
    private readonly ConcurrentDictionary<string, IActorRef> _actors = new(StringComparer.Ordinal);

    /// <summary>The actor of a stream; null when it is not here.</summary>
    public IActorRef? Find(string stream) => _actors.GetValueOrDefault(stream);

    public void Add(string stream, IActorRef actor) => _actors[stream] = actor;

    /// <summary>An actor ends; one that has taken its place stays.</summary>
    public void Remove(string stream, IActorRef actor) => _actors.TryRemove(new(stream, actor));
}
