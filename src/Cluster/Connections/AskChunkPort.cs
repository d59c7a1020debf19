namespace LogPipeline.Cluster.Connections;

/// <summary>Node to aggregator: on which port it takes chunks. May be lost; the answer is a <see cref="ChunkPort"/>.</summary>
public sealed class AskChunkPort
{
    private AskChunkPort()
    {
    }

    public static AskChunkPort Instance { get; } = new();
}
