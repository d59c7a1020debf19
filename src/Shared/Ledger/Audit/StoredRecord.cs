using LogPipeline.Formats;

namespace LogPipeline.Ledger.Audit;

/// <summary>Where a stored document says that its record lies.</summary>
/// <param name="OffsetBytes"><c>log.offset</c>.</param>
/// <param name="LengthBytes"><c>log.length</c>.</param>
/// <param name="Lane">By <c>log.iostream</c>; dead letters do not say.</param>
/// <param name="Index">The index that has it.</param>
/// <param name="Id">Its <c>_id</c>.</param>
/// <param name="IsDeadLetter">The store refused the record; this is its dead letter.</param>
public readonly record struct StoredRecord(long OffsetBytes, long LengthBytes, SubStream Lane, string Index, string Id, bool IsDeadLetter);
