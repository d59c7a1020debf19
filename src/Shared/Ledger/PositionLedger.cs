using System.Buffers.Binary;
using LogPipeline.Ledger.Journal;
using LogPipeline.Tailing;

namespace LogPipeline.Ledger;

/// <summary>
/// What is durable of every file: the checkpoints in the journal, found by identity, by stream and by fingerprint. The lists may be read by any
/// worker; a checkpoint is changed only by the one that owns its file, and written by <see cref="Commit"/>.
/// </summary>
public sealed class PositionLedger(ICheckpointStore journal, TimeProvider time)
{
    // Of what is known here; never held while anything is written, which may wait for threads that would wait for this.
    private readonly Lock _lock = new();
    private readonly Lock _writing = new();
    private readonly Dictionary<FileId, FileCheckpoint> _files = Load(journal);
    private Dictionary<FileFingerprint, List<FileCheckpoint>>? _byFingerprint;
    private Dictionary<string, List<FileCheckpoint>>? _byStream;
    private readonly HashSet<FileId> _forgotten = [];

    // The entry of the ledger itself; no file has this identity.
    private static FileId Own => default;

    /// <summary>When this ledger was begun: what was written to disk since then is this pipeline's to read.</summary>
    public DateTimeOffset BegunAt { get; } = Begin(journal, time);

    /// <summary>Every checkpoint, in no order.</summary>
    public IReadOnlyList<FileCheckpoint> Files
    {
        get { lock (_lock) return [.. _files.Values]; }
    }

    public FileCheckpoint? Find(FileId id)
    {
        lock (_lock) return _files.GetValueOrDefault(id);
    }

    /// <summary>The checkpoints whose file begins with the same line.</summary>
    public IReadOnlyList<FileCheckpoint> FindByFingerprint(FileFingerprint fingerprint)
    {
        lock (_lock)
        {
            _byFingerprint ??= _files.Values.GroupBy(file => file.Fingerprint).ToDictionary(group => group.Key, group => group.ToList());
            return _byFingerprint.TryGetValue(fingerprint, out List<FileCheckpoint>? files) ? [.. files] : [];
        }
    }

    /// <summary>The checkpoints of one stream's files, oldest first.</summary>
    public IReadOnlyList<FileCheckpoint> OfStream(string streamKey)
    {
        lock (_lock)
        {
            _byStream ??= _files.Values.GroupBy(file => file.StreamKey).ToDictionary(group => group.Key, group => group.OrderBy(file => file.Ordinal).ToList());
            return _byStream.TryGetValue(streamKey, out List<FileCheckpoint>? files) ? [.. files] : [];
        }
    }

    /// <summary>Makes a new file known here; it is durable only after <see cref="Commit"/>.</summary>
    public void Register(FileCheckpoint file)
    {
        lock (_lock)
        {
            _files[file.Id] = file;
            // A container's file that comes again has the identity that it had.
            _forgotten.Remove(file.Id);
            if (_byFingerprint is not null) Add(_byFingerprint, file.Fingerprint, file);
            if (_byStream is not null) Add(_byStream, file.StreamKey, file);
        }
    }

    /// <summary>Makes checkpoints durable, all or none. Throws <see cref="IOException"/> when that cannot be; nothing has changed on disk then.</summary>
    public void Commit(IReadOnlyCollection<FileCheckpoint> files)
    {
        if (files.Count == 0) return;
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_writing)
        {
            FileId[] forgotten;
            lock (_lock) forgotten = [.. _forgotten];
            using var batch = new JournalBatch();
            foreach (FileCheckpoint file in files)
            {
                file.LastSeenMillis = now;
                batch.Put(file.Id, FileCheckpointCodec.Write(file));
            }
            foreach (FileId id in forgotten) batch.Delete(id);
            journal.Append(batch);
            lock (_lock) _forgotten.ExceptWith(forgotten);
        }
    }

    /// <summary>Forgets files that are complete and were not seen for a while; takes effect with the next <see cref="Commit"/>.</summary>
    public void Forget(FileCheckpoint file)
    {
        lock (_lock)
        {
            _files.Remove(file.Id);
            _byFingerprint = null;
            _byStream = null;
            _forgotten.Add(file.Id);
        }
    }

    private static void Add<TKey>(Dictionary<TKey, List<FileCheckpoint>> index, TKey key, FileCheckpoint file) where TKey : notnull
    {
        if (!index.TryGetValue(key, out List<FileCheckpoint>? files)) index[key] = files = [];
        files.Add(file);
    }

    private static Dictionary<FileId, FileCheckpoint> Load(ICheckpointStore journal)
    {
        var files = new Dictionary<FileId, FileCheckpoint>();
        foreach ((FileId id, ReadOnlyMemory<byte> bytes) in journal.ToArray())
        {
            if (id == Own) continue;
            if (!FileCheckpointCodec.TryRead(id, bytes.Span, out FileCheckpoint? file))
                throw new InvalidDataException($"The checkpoint of file {id} is of a version that this program does not know; a newer one wrote it.");
            files[id] = file!;
        }
        return files;
    }

    private static DateTimeOffset Begin(ICheckpointStore journal, TimeProvider time)
    {
        if (journal.TryGet(Own, out ReadOnlyMemory<byte> known)) return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(known.Span));
        DateTimeOffset now = time.GetUtcNow();
        if (journal.IsReadOnly) return now;
        Span<byte> millis = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(millis, now.ToUnixTimeMilliseconds());
        using var batch = new JournalBatch();
        batch.Put(Own, millis);
        journal.Append(batch);
        return now;
    }
}
