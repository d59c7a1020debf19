using Akka.Actor;
using LogPipeline.Node.Connections;
using LogPipeline.Node.Sending;
using LogPipeline.Observability;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Node.Tailing;

/// <summary>What all streams of a node share.</summary>
public sealed record NodeContext
{
    public required LineageContext Lineage { get; init; }

    /// <summary>The shard region of streams, for everything but chunks.</summary>
    public required IActorRef Region { get; init; }

    /// <summary>Who makes positions durable; see <see cref="Positions.RecordPositions"/>.</summary>
    public required IActorRef Positions { get; init; }

    public required NodeWindow Window { get; init; }

    /// <summary>The way of chunks to the aggregators.</summary>
    public required ChunkGraph Chunks { get; init; }

    public required ChunkConnections Connections { get; init; }

    /// <summary>Bytes on disk that are not durable, as the streams last counted them.</summary>
    public required StreamBacklogs Backlogs { get; init; }

    /// <summary>How long progress has waited to be recorded.</summary>
    public required CheckpointAges Ages { get; init; }

    public required SenderLimits Limits { get; init; }

    /// <summary>The epochs of this life of the node.</summary>
    public required StreamEpochs Epochs { get; init; }

    public required TimeSpan CheckpointInterval { get; init; }

    /// <summary>How often streams that have something to do look at their clocks.</summary>
    public TickPace Pace { get; } = new();

    /// <summary>A stream's files were renamed while they were looked at: they have to be listed again.</summary>
    public required Action<DiscoveredStream> LookAgain { get; init; }

    /// <summary>A stream's name in the whole cluster: a static Pod has the same uid on every node, so the host belongs to it.</summary>
    public string IdOf(string key) => $"{Lineage.Host}:{key}";
}
