namespace LogPipeline.Ledger.Journal;

/// <summary>The header of an entry; see <see cref="JournalFormat"/>.</summary>
internal readonly record struct JournalEntryHeader(int PayloadBytes, JournalEntryKind Kind, long Sequence, uint PayloadChecksum)
{
    /// <summary>Bytes of the entry in the file.</summary>
    public long EntryBytes => JournalFormat.EntryHeaderBytes + JournalFormat.Align(PayloadBytes);
}
