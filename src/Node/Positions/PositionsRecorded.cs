namespace LogPipeline.Node.Positions;

/// <summary>The recorder to a stream's actor: the checkpoints of its last <see cref="RecordPositions"/> are durable.</summary>
public sealed class PositionsRecorded
{
    public static PositionsRecorded Instance { get; } = new();
}
