using LogPipeline.Ledger;

namespace LogPipeline.Node.Positions;

/// <summary>
/// A stream's actor to the recorder: make these checkpoints durable. The sender leaves them alone until <see cref="PositionsRecorded"/> comes, which it does
/// once, however long the disk refuses.
/// </summary>
public sealed record RecordPositions(IReadOnlyCollection<FileCheckpoint> Files);
