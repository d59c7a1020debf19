namespace LogPipeline.Node.Sending;

/// <summary>The graph to a stream's actor: its chunks have gone to the region, and the next ones may follow. Once for each that was offered.</summary>
public sealed class ChunksSent
{
    public static ChunksSent Instance { get; } = new();
}
