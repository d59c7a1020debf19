using Akka.Cluster.Sharding;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Cluster.Sharding;

/// <summary>A stream is an entity: a message says itself whose it is, without an envelope around its bytes.</summary>
public sealed class StreamExtractor() : HashCodeMessageExtractor(ShardCount)
{
    /// <summary>About ten times as many as aggregators that one would run. The same on every member, for ever: another number would place streams differently.</summary>
    public const int ShardCount = 200;

    public override string? EntityId(object message) => (message as IStreamMessage)?.Stream;
}
