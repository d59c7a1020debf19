namespace LogPipeline.Node.Tailing;

/// <summary>
/// To the node's actor and from there to each stream's: nothing more is read, and what is under way is made durable. Answered with <see cref="StreamDrained"/> by each stream, and by the
/// node's actor to whoever asked once all have.
/// </summary>
public sealed class DrainStreams
{
    private DrainStreams()
    {
    }

    public static DrainStreams Instance { get; } = new();
}
