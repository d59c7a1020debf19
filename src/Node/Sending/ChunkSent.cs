namespace LogPipeline.Node.Sending;

/// <summary>The graph to a stream's actor: its chunk has gone to the region, and the next one may follow. Once a chunk.</summary>
public sealed class ChunkSent
{
    public static ChunkSent Instance { get; } = new();
}
