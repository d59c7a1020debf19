namespace LogPipeline.Node.Positions;

/// <summary>All checkpoints at one moment, as <see cref="Ledger.Journal.JournalMap.ToPayload"/>.</summary>
public sealed record CheckpointSnapshot(byte[] Payload);
