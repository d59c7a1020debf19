using LogPipeline.Joining;

namespace LogPipeline.Ledger;

/// <summary>One entry of a resume point: the offset of a sub-stream's first byte that is not durable, and the joiner's state there.</summary>
public readonly record struct LanePosition(long OffsetBytes, LaneState State);
