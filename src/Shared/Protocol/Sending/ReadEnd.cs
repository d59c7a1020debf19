using LogPipeline.Ledger;

namespace LogPipeline.Protocol.Sending;

/// <summary>How far was read when a chunk was made.</summary>
internal readonly record struct ReadEnd(long FileOrdinal, TailCrc Tail);
