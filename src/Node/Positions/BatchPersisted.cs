namespace LogPipeline.Node.Positions;

/// <summary>The journal's actor, when the database has committed a <see cref="CheckpointBatch"/>.</summary>
public sealed record BatchPersisted(long Sequence);
