namespace LogPipeline.Node.Positions;

/// <summary>
/// Checkpoints that become durable together, as <see cref="Ledger.Journal.JournalBatch.Payload"/>: a command to the journal's actor and its event. May be repeated:
/// the same puts again change nothing.
/// </summary>
public sealed record CheckpointBatch(byte[] Payload);
