using LogPipeline.Ledger.State;

namespace LogPipeline.Ledger.Journal;

/// <summary>What can be proved of one journal file by reading all of it.</summary>
internal sealed class JournalScan
{
    private JournalScan(string file, long lengthBytes) => (File, LengthBytes) = (file, lengthBytes);

    public string File { get; }

    public long LengthBytes { get; }

    /// <summary>Why nothing in the file can be believed; null when its header can.</summary>
    public JournalFindingKind? HeaderFault { get; private set; }

    public JournalHeader Header { get; private set; }

    /// <summary>The snapshot is there to its last byte.</summary>
    public bool SnapshotComplete { get; private set; }

    /// <summary>Where the first batch behind the snapshot begins; with a damaged snapshot, the first that is found.</summary>
    public long BatchesOffset { get; private set; }

    /// <summary>Valid batches from <see cref="BatchesOffset"/> on without a gap, the first of them following the snapshot's.</summary>
    public long Batches { get; private set; }

    /// <summary>The last of <see cref="Batches"/>; the header's base sequence when there is none.</summary>
    public long LastSequence => Header.BaseSequence + Batches;

    /// <summary>Where the first byte lies that is not a valid entry in its place; -1: everything is.</summary>
    public long FaultOffset { get; private set; } = -1;

    /// <summary>Valid entries behind the fault that are not among <see cref="Batches"/>.</summary>
    public long EntriesBehind { get; private set; }

    /// <summary>
    /// An append that did not finish: no crash leaves anything valid behind it, as every append is durable before the next one and no
    /// file is appended to after a failed sync or by another process.
    /// </summary>
    public bool TornTail => SnapshotComplete && FaultOffset >= 0 && EntriesBehind == 0;

    /// <summary>Reads a whole file. Throws <see cref="IOException"/>.</summary>
    public static JournalScan Read(IStateStorage storage, string file, long generation)
    {
        using var reader = new JournalFileReader(storage, file);
        var scan = new JournalScan(file, reader.LengthBytes);
        scan.ReadHeader(reader, generation);
        if (scan.HeaderFault is not null) return scan;
        long offset = scan.ReadSnapshot(reader);
        if (!scan.SnapshotComplete)
        {
            scan.FaultOffset = offset;
            offset = scan.FindFirstBatch(reader, offset);
        }

        scan.BatchesOffset = offset;
        scan.ReadBatches(reader, offset);
        return scan;
    }

    private void ReadHeader(JournalFileReader reader, long generation)
    {
        bool valid = JournalFormat.TryReadHeader(reader.ReadHeader(), out uint version, out JournalHeader header);
        HeaderFault = !valid ? JournalFindingKind.UnreadableHeader
            : version != JournalFormat.Version ? JournalFindingKind.UnknownVersion
            : header.Generation != generation || header.BaseSequence < 0 ? JournalFindingKind.WrongGeneration
            : null;
        if (HeaderFault is not null) return;
        Header = header;
        reader.Seed = JournalFormat.SeedOf(header.JournalId);
    }

    /// <summary>Returns where the snapshot ends, or where it is damaged.</summary>
    private long ReadSnapshot(JournalFileReader reader)
    {
        long offset = JournalFormat.HeaderBytes, parts = 0, keys = 0;
        while (reader.TryReadEntry(offset, out JournalEntryHeader entry, out ReadOnlySpan<byte> payload))
        {
            if (entry.Kind == JournalEntryKind.SnapshotPart && entry.Sequence == parts)
            {
                JournalOperationReader.TryCount(payload, out long puts);
                keys += puts;
                parts++;
                offset += entry.EntryBytes;
                continue;
            }

            if (entry.Kind != JournalEntryKind.SnapshotEnd || entry.Sequence != Header.BaseSequence) break;
            SnapshotComplete = JournalSnapshotEnd.TryRead(payload, out JournalSnapshotEnd end) && end == new JournalSnapshotEnd(keys, parts);
            if (SnapshotComplete) offset += entry.EntryBytes;
            break;
        }

        return offset;
    }

    private long FindFirstBatch(JournalFileReader reader, long offset)
    {
        while (reader.TryFindEntry(offset, out offset, out JournalEntryHeader entry) && entry.Kind != JournalEntryKind.Batch)
        {
            EntriesBehind++;
            offset += entry.EntryBytes;
        }

        return offset;
    }

    private void ReadBatches(JournalFileReader reader, long offset)
    {
        while (offset < LengthBytes && reader.TryReadEntry(offset, out JournalEntryHeader entry, out _)
            && entry.Kind == JournalEntryKind.Batch && entry.Sequence == LastSequence + 1)
        {
            Batches++;
            offset += entry.EntryBytes;
        }

        if (offset >= LengthBytes) return;
        if (FaultOffset < 0) FaultOffset = offset;
        while (reader.TryFindEntry(offset, out offset, out JournalEntryHeader entry))
        {
            EntriesBehind++;
            offset += entry.EntryBytes;
        }
    }
}
