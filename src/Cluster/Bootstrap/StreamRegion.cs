namespace LogPipeline.Cluster.Bootstrap;

/// <summary>Key of the shard region of streams in the actor registry.</summary>
public sealed class StreamRegion;
