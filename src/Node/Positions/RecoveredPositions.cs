namespace LogPipeline.Node.Positions;

/// <summary>The checkpoints of earlier lives, and the number of the last batch.</summary>
public sealed record RecoveredPositions(byte[] Payload, long Sequence);
