using LogPipeline.Ledger.State;

namespace LogPipeline.Ledger.Journal;

/// <summary>
/// Decides what state the generations prove, and what is wrong with which of them. The state is always one that was once durable (or, for a single
/// batch at the very end, one that an append tried to make so): snapshots and batches are only ever replayed without a gap.
/// <para>
/// Which one, when the newest generation is damaged? The longest state that can be proved:
/// </para>
/// <list type="bullet">
/// <item>Damaged behind its snapshot: the batches before the damage. The older generation ends where this one's snapshot begins, so the prefix has
/// everything that the older one has, and more. Both are safe as to positions, which only move forward: an older one costs reading again, and ids
/// are positions. But the registration of a plain file is not a function of the file: one that is lost is made anew, with other ids, and
/// stores the file's lines a second time. So the longer state is the right one.</item>
/// <item>Damaged in its snapshot: the older generation up to the batch that the snapshot stood for, then this one's batches, if they follow. A
/// generation that starts from nothing needs no snapshot.</item>
/// <item>Unreadable: all that the older generation proves.</item>
/// </list>
/// <para>
/// Valid batches behind a gap are never replayed: they may rest on what the gap held (a position past a cut that the missing batch recorded). They are
/// counted, and the file is kept.
/// </para>
/// </summary>
internal sealed class JournalRecoverer
{
    private readonly IStateStorage _storage;
    private readonly List<JournalScan> _scans;

    /// <summary>Index in <see cref="_scans"/> of the generation that the state begins with.</summary>
    private int _bottom;

    private JournalRecoverer(IStateStorage storage, IReadOnlyList<string> files, List<JournalScan> scans)
    {
        (_storage, Files, _scans) = (storage, files, scans);
        Replay();
        Inspect();
    }

    /// <summary>The names of all files in the directory.</summary>
    public IReadOnlyList<string> Files { get; }

    public JournalMap Map { get; } = new();

    /// <summary>The last batch in <see cref="Map"/>.</summary>
    public long Sequence { get; private set; }

    /// <summary>The newest generation that contributed to <see cref="Map"/>; 0: none.</summary>
    public long Generation { get; private set; }

    /// <summary>Oldest generation first.</summary>
    public List<JournalFinding> Findings { get; } = [];

    /// <summary>The generations that are not damaged, oldest first.</summary>
    public List<JournalScan> Sound { get; } = [];

    /// <summary>Reads all generations. Throws <see cref="IOException"/>.</summary>
    public static JournalRecoverer Recover(IStateStorage storage)
    {
        IReadOnlyList<string> files = storage.List();
        var generations = new SortedDictionary<long, string>();
        foreach (string name in files)
        {
            if (JournalFileName.IsGeneration(name, out long generation)) generations.Add(generation, name);
        }

        return new JournalRecoverer(storage, files, [.. generations.Select(entry => JournalScan.Read(storage, entry.Value, entry.Key))]);
    }

    /// <summary>Reads all generations while another process writes: it may delete one, or cut off an entry, between two looks.</summary>
    public static JournalRecoverer RecoverWhileWritten(IStateStorage storage)
    {
        const int Attempts = 5;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Recover(storage);
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Nothing was taken from the files yet: look again at which there are.
            }
        }
    }

    /// <summary>Renames the damaged files and returns the findings with their new names. The recovered state is durable elsewhere by then.</summary>
    public List<JournalFinding> SetDamagedAside(DateTimeOffset now)
    {
        List<JournalFinding> findings = [.. Findings.Select(finding => finding.IsDamage ? finding with { SetAsideAs = FreeName(finding.File, now) } : finding)];
        foreach (JournalFinding finding in findings)
        {
            if (finding.SetAsideAs is { } name) _storage.Rename(finding.File, name);
        }

        _storage.SyncDirectory();
        return findings;
    }

    private string FreeName(string file, DateTimeOffset now)
    {
        string name = JournalFileName.Aside(file, now), free = name;
        for (int number = 2; Files.Contains(free); number++) free = $"{name}-{number}";
        return free;
    }

    private void Replay()
    {
        _bottom = _scans.FindLastIndex(scan => scan.HeaderFault is null && scan.SnapshotComplete);
        List<JournalScan> chain = _scans[Math.Max(_bottom, 0)..];
        chain.RemoveAll(scan => scan.HeaderFault is not null);
        for (int index = 0; index < chain.Count; index++)
        {
            JournalScan scan = chain[index];
            using var reader = new JournalFileReader(_storage, scan.File);
            reader.Seed = JournalFormat.SeedOf(scan.Header.JournalId);
            if (scan.SnapshotComplete) LoadSnapshot(reader, scan);
            if (scan.Header.BaseSequence != Sequence) break;
            ReplayBatches(reader, scan, index + 1 < chain.Count ? chain[index + 1].Header.BaseSequence : long.MaxValue);
            Generation = scan.Header.Generation;
        }
    }

    /// <summary>Only the first of a chain has a complete snapshot.</summary>
    private void LoadSnapshot(JournalFileReader reader, JournalScan scan)
    {
        long offset = JournalFormat.HeaderBytes;
        while (Read(reader, offset, out JournalEntryHeader entry, out ReadOnlySpan<byte> payload) && entry.Kind == JournalEntryKind.SnapshotPart)
        {
            Map.Apply(payload);
            offset += entry.EntryBytes;
        }

        Sequence = scan.Header.BaseSequence;
    }

    private void ReplayBatches(JournalFileReader reader, JournalScan scan, long limit)
    {
        long offset = scan.BatchesOffset, last = Math.Min(scan.LastSequence, limit);
        while (Sequence < last && Read(reader, offset, out JournalEntryHeader entry, out ReadOnlySpan<byte> payload))
        {
            Map.Apply(payload);
            Sequence = entry.Sequence;
            offset += entry.EntryBytes;
        }
    }

    /// <summary>Reads an entry that the scan found valid.</summary>
    private static bool Read(JournalFileReader reader, long offset, out JournalEntryHeader entry, out ReadOnlySpan<byte> payload) =>
        reader.TryReadEntry(offset, out entry, out payload) ? true : throw new IOException($"{reader.Name} changed while it was read.");

    private void Inspect()
    {
        int newest = _scans.FindLastIndex(scan => scan.HeaderFault is null);
        for (int index = 0; index < _scans.Count; index++)
        {
            JournalScan scan = _scans[index];
            JournalHeader? next = index + 1 < _scans.Count && _scans[index + 1].HeaderFault is null ? _scans[index + 1].Header : null;
            bool followed = next?.PreviousGeneration == scan.Header.Generation;
            long promised = followed && next?.Origin == JournalOrigin.Compaction ? next.Value.BaseSequence : 0;
            JournalFinding? finding = KindOf(scan, promised, index == newest) is { } kind
                ? Finding(scan, kind, next, superseded: followed && index < _bottom)
                : null;
            if (finding is not null) Findings.Add(finding);
            if (finding is not { IsDamage: true }) Sound.Add(scan);
        }
    }

    private static JournalFindingKind? KindOf(JournalScan scan, long promised, bool newest)
    {
        if (scan.HeaderFault is { } fault) return fault;
        if (!scan.SnapshotComplete) return JournalFindingKind.DamagedSnapshot;
        if (scan.EntriesBehind > 0 || scan.LastSequence < promised) return JournalFindingKind.DamagedEntry;

        // Behind what a successor took over, an older file may end in an append that failed.
        return scan.TornTail && newest ? JournalFindingKind.TornTail : null;
    }

    private JournalFinding Finding(JournalScan scan, JournalFindingKind kind, JournalHeader? next, bool superseded)
    {
        long offset = scan.HeaderFault is not null ? 0 : scan.FaultOffset >= 0 ? scan.FaultOffset : scan.LengthBytes;
        long reached = Math.Min(Sequence, next?.BaseSequence ?? long.MaxValue);
        long recovered = superseded ? scan.Batches : Math.Clamp(reached - scan.Header.BaseSequence, 0, scan.Batches);
        return new JournalFinding
        {
            Kind = kind,
            File = scan.File,
            OffsetBytes = offset,
            BytesBehind = scan.LengthBytes - offset,
            BatchesRecovered = recovered,
            EntriesNotRecovered = superseded ? 0 : scan.EntriesBehind + scan.Batches - recovered,
            Superseded = superseded,
        };
    }
}
