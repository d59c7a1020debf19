using Akka.Actor;
using LogPipeline.Sources;

namespace LogPipeline.Node.Tailing;

/// <summary>Hands what the monitor's threads see to the node's actor.</summary>
public sealed class NodeReaders(IActorRef node) : IStreamReaders
{
    public void Sync(DiscoveredStream stream) => node.Tell(new SyncStream(stream));

    public void Touch(ReadOnlySpan<string> streamKeys)
    {
        foreach (string key in streamKeys) node.Tell(new TouchStream(key));
    }
}
