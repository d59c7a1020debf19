namespace LogPipeline.Cluster.Connections;

/// <summary>Where an aggregator takes chunks, on the address that the engine listens on, too.</summary>
/// <param name="Port">The TCP port.</param>
public sealed record ChunkPort(int Port)
{
    /// <summary>Name of the actor that is asked, among those of the user.</summary>
    public const string ActorName = "chunk-port";
}
