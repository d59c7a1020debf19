namespace LogPipeline.Node.Positions;

/// <summary>To the journal's actor at the start: everything that was recovered, as <see cref="RecoveredPositions"/>.</summary>
public sealed class AskPositions
{
    public static AskPositions Instance { get; } = new();
}
