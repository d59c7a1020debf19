namespace LogPipeline.Cluster.Sharding;

/// <summary>What members of the cluster are, and the name of what they share.</summary>
public static class ClusterRole
{
    /// <summary>Reads files; never owns a shard and is never counted when the cluster is split.</summary>
    public const string Node = "node";

    /// <summary>Owns streams.</summary>
    public const string Aggregator = "aggregator";

    /// <summary>The shard region of streams.</summary>
    public const string StreamRegion = "streams";
}
