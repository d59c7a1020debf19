using LogPipeline.Ledger.State;
using LogPipeline.Tailing;

namespace LogPipeline.Ledger.Journal;

/// <summary>
/// A map from file identities to opaque values, held in memory and made durable by an append-only journal. One writer; reads from any thread.
/// <para>
/// Two generations are kept. A new one begins with a snapshot, is written under a temporary name, synced, renamed, and its name synced, before anything
/// rests on it; the one before stays as what to fall back on if the newer is damaged. A process never appends to a file that it did not write itself
/// from its first byte: the first append after <see cref="Open"/>, and the first after a failed sync, begin a generation. So neither a torn tail nor
/// pages that look written and are not ever lie before an entry that was reported durable.
/// </para>
/// <para>
/// Known limits: deleting the newest generation by hand, or cutting it exactly between two entries, is not noticed (the state is an older one, which costs
/// reading again); a changed byte in the very last entry looks like a torn tail and is reported as one.
/// </para>
/// </summary>
public sealed class CheckpointJournal : ICheckpointStore, IDisposable
{
    private readonly JournalOptions _options;
    private readonly JournalMap _map;
    private readonly JournalWriter _writer;
    private readonly Lock _writing = new();
    private long _sequence;
    private long _compactAtBytes;
    private IOException? _compactionFailure;
    private bool _disposed;

    private CheckpointJournal(JournalOptions options, JournalRecoverer recovered, JournalWriter writer)
    {
        (_options, _map, _sequence, _writer) = (options, recovered.Map, recovered.Sequence, writer);
        _compactAtBytes = options.CompactionMinBytes;
    }

    /// <summary>Keys in the map.</summary>
    public int Count => _map.Count;

    /// <summary>Nothing can be appended.</summary>
    public bool IsReadOnly => _options.ReadOnly;

    /// <summary>The last batch in the map, counted from the first one ever.</summary>
    public long Sequence => Volatile.Read(ref _sequence);

    /// <summary>Bytes of the generations in use.</summary>
    public long BytesOnDisk => _writer.BytesOnDisk;

    /// <summary>Why the last compaction failed; null when it did not. Nothing is lost by it: it is tried again when the journal has grown.</summary>
    public IOException? CompactionFailure => Volatile.Read(ref _compactionFailure);

    /// <summary>
    /// Recovers the map and makes it durable in a new generation; damaged files are renamed to <c>*.corrupt-&lt;stamp&gt;</c> afterwards, so that a crash in
    /// between finds and reports them again. With <see cref="JournalOptions.ReadOnly"/> nothing is written; otherwise the caller holds the
    /// <see cref="StateDirectoryLock"/>. Throws <see cref="IOException"/> when a file cannot be read, or the generation not written; never for what the
    /// bytes are.
    /// </summary>
    public static CheckpointJournal Open(IStateStorage storage, JournalOptions options, out JournalRecovery recovery)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CompactionFactor, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(options.CompactionMinBytes);
        JournalRecoverer recovered = options.ReadOnly ? JournalRecoverer.RecoverWhileWritten(storage) : JournalRecoverer.Recover(storage);
        var journal = new CheckpointJournal(options, recovered, new JournalWriter(storage, options, recovered.Files, recovered.Sound));
        IReadOnlyList<JournalFinding> findings = recovered.Findings;
        bool isDamaged = recovered.Findings.Exists(finding => finding.IsDamage);
        if (!options.ReadOnly && (recovered.Sequence > 0 || isDamaged))
        {
            journal.WriteAnew();
            if (isDamaged) findings = recovered.SetDamagedAside(options.TimeProvider.GetUtcNow());
            journal._writer.DeleteObsolete();
        }

        recovery = new JournalRecovery
        {
            Findings = findings,
            Generation = recovered.Generation,
            Sequence = recovered.Sequence,
            Keys = recovered.Map.Count,
            Fresh = !recovered.Files.Any(name => JournalFileName.TryParse(name, out _, out _)),
            SetAsideBefore = [.. recovered.Files.Where(JournalFileName.IsAside).Order(StringComparer.Ordinal)],
        };
        return journal;
    }

    /// <summary>The value of a key, never changed afterwards; false when there is none.</summary>
    public bool TryGet(FileId key, out ReadOnlyMemory<byte> value)
    {
        bool found = _map.TryGet(key, out byte[]? bytes);
        value = bytes;
        return found;
    }

    /// <summary>All keys and values as they are between two batches, unordered; the values are shared, not copied.</summary>
    public KeyValuePair<FileId, ReadOnlyMemory<byte>>[] ToArray() => _map.ToArray();

    /// <summary>
    /// Makes a batch durable and applies it to the map, whole. The batch is unchanged and may be appended again; an empty one does nothing.
    /// <para>
    /// After an <see cref="IOException"/> the map is as before. Until a later append returns, a recovery shows the batch whole or not at all; from
    /// then on not at all: before anything else is appended, the half-written entry is cut off, or, when the cut or the sync failed, a new generation
    /// is begun from the map.
    /// </para>
    /// </summary>
    public void Append(JournalBatch batch)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_options.ReadOnly) throw new InvalidOperationException("The journal is open only to read.");
            if (batch.Count == 0) return;
            if (!_writer.IsOpen) BeginGeneration();
            _writer.Append(batch, _sequence + 1);
            Volatile.Write(ref _sequence, _sequence + 1);
            _map.Apply(batch.Payload);
            if (_writer.CurrentBytes > _compactAtBytes && _writer.CurrentBytes / _options.CompactionFactor > _map.LiveBytes) Compact();
        }
    }

    public void Dispose()
    {
        lock (_writing)
        {
            _disposed = true;
            _writer.Dispose();
        }
    }

    // What an earlier process had appended and not synced is read back from the page cache, and is gone after a power cut. Nothing may rest on it before it is
    // durable; a sync of the old file would not prove that, as the kernel marks pages clean whose writing failed.
    private void WriteAnew()
    {
        try
        {
            _writer.BeginGeneration(_map, _sequence);
        }
        catch (IOException refused)
        {
            _writer.Dispose();
            throw new IOException($"The positions of the last run cannot be made durable: {refused.Message} Make room on the state directory's disk.", refused);
        }
    }

    private void Compact()
    {
        try
        {
            BeginGeneration();
        }
        catch (IOException error)
        {
            // The batch is durable where it is. If the old file is still open to append to, work goes on there.
            Volatile.Write(ref _compactionFailure, error);
            _compactAtBytes = _writer.CurrentBytes + _options.CompactionMinBytes;
        }
    }

    private void BeginGeneration()
    {
        _writer.BeginGeneration(_map, _sequence);
        _writer.DeleteObsolete();
        _compactAtBytes = _options.CompactionMinBytes;
        Volatile.Write(ref _compactionFailure, null);
    }
}
