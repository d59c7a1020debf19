namespace LogPipeline.Node.Tailing;

/// <summary>Nothing of it is under way any more, and its positions are recorded.</summary>
public sealed class StreamDrained
{
    private StreamDrained()
    {
    }

    public static StreamDrained Instance { get; } = new();
}
