namespace LogPipeline.Ledger.Journal;

/// <summary>What a journal file says of itself; see <see cref="JournalFormat"/>.</summary>
/// <param name="Generation">The number in the file's name.</param>
/// <param name="JournalId">Random, new in each file.</param>
/// <param name="BaseSequence">The last batch that the snapshot includes; 0: none, and the snapshot is empty.</param>
/// <param name="PreviousGeneration">The undamaged generation before it; 0: none.</param>
/// <param name="Origin">What that one holds.</param>
internal readonly record struct JournalHeader(long Generation, UInt128 JournalId, long BaseSequence, long PreviousGeneration, JournalOrigin Origin);
