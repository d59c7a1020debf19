using LogPipeline.Formats;

namespace LogPipeline.Ledger;

/// <summary>A decision of the tailer: whatever was pending in a sub-stream ended before this offset. Durable before it takes effect (docs/exactly-once.md).</summary>
public readonly record struct SilenceCut(SubStream SubStream, long OffsetBytes);
