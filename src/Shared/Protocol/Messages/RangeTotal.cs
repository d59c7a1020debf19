using LogPipeline.Ledger;

namespace LogPipeline.Protocol.Messages;

/// <summary>What an epoch has made durable of the records that begin in one range of one file.</summary>
public readonly record struct RangeTotal(long FileOrdinal, int Range, bool DeadLettered, RangeCount Count);
