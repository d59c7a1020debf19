using System.Buffers.Binary;
using LogPipeline.Ledger.State;

namespace LogPipeline.Ledger.Journal;

/// <summary>
/// The files that a journal is written to: the current generation, and the one before it as what to fall back on. Used by one thread at a time.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly IStateStorage _storage;
    private readonly JournalOptions _options;

    /// <summary>The current generation's file; null when the next append must begin a generation.</summary>
    private IStateStorageFile? _file;
    private uint _seed;
    private long _currentBytes;
    private long _keptBytes;

    /// <summary>The newest generation whose name is durable and whose content is not damaged, and the one before it; 0: none.</summary>
    private long _current;
    private long _previous;

    /// <summary>The highest number ever used: none is used twice.</summary>
    private long _highest;

    /// <param name="storage">Where the files are.</param>
    /// <param name="options">How they are kept.</param>
    /// <param name="files">The names of all files there.</param>
    /// <param name="sound">The generations that are not damaged, oldest first.</param>
    public JournalWriter(IStateStorage storage, JournalOptions options, IReadOnlyList<string> files, IReadOnlyList<JournalScan> sound)
    {
        (_storage, _options) = (storage, options);
        foreach (string name in files)
        {
            if (JournalFileName.TryParse(name, out long generation, out _)) _highest = Math.Max(_highest, generation);
        }

        if (sound.Count == 0) return;
        (_current, _currentBytes) = (sound[^1].Header.Generation, sound[^1].LengthBytes);
        _keptBytes = sound.Sum(scan => scan.LengthBytes) - _currentBytes;
    }

    /// <summary>Whether entries can be appended; otherwise <see cref="BeginGeneration"/> comes first.</summary>
    public bool IsOpen => _file is not null;

    /// <summary>Bytes of the current generation that are durable.</summary>
    public long CurrentBytes => Volatile.Read(ref _currentBytes);

    /// <summary>Bytes of all generations in use.</summary>
    public long BytesOnDisk => Volatile.Read(ref _currentBytes) + Volatile.Read(ref _keptBytes);

    /// <summary>
    /// Makes a batch durable in the current generation. After an <see cref="IOException"/> the entry was cut off, or the generation is not
    /// current any more.
    /// </summary>
    public void Append(JournalBatch batch, long sequence)
    {
        ReadOnlySpan<byte> entry = batch.Seal(JournalEntryKind.Batch, sequence, _seed);
        try
        {
            _file!.Append(entry);
        }
        catch (IOException)
        {
            // A full disk, mostly. Cutting needs no space, a new generation would: the caller keeps the batch and tries again.
            CutBack();
            throw;
        }

        try
        {
            _file.Sync();
        }
        catch (IOException)
        {
            // What the disk has is unknown, and a second sync would not tell. The caller keeps the batch; the map has everything else.
            Abandon();
            throw;
        }

        Volatile.Write(ref _currentBytes, _currentBytes + entry.Length);
    }

    /// <summary>
    /// Writes the map as a new generation and makes it the current one. After an <see cref="IOException"/> the map is durable where it was; if the
    /// rename had been tried, no generation is open to append to, as both may be there after a crash and the newer one would win.
    /// </summary>
    /// <param name="map">What the generation begins with.</param>
    /// <param name="sequence">The last batch in it.</param>
    public void BeginGeneration(JournalMap map, long sequence)
    {
        JournalOrigin origin = IsOpen ? JournalOrigin.Compaction : JournalOrigin.Start;
        var id = new byte[16];
        _options.FillRandom(id);
        var header = new JournalHeader(++_highest, BinaryPrimitives.ReadUInt128LittleEndian(id), sequence, _current, origin);
        string name = JournalFileName.Of(header.Generation), temporary = name + JournalFileName.TemporarySuffix;
        uint seed = JournalFormat.SeedOf(header.JournalId);
        IStateStorageFile? file = null;
        long written;
        try
        {
            file = _storage.Create(temporary);
            Span<byte> bytes = stackalloc byte[JournalFormat.HeaderBytes];
            JournalFormat.WriteHeader(bytes, header);
            file.Append(bytes);
            written = bytes.Length + map.WriteSnapshot(file, sequence, seed);
            file.Sync();
            Abandon();
            _storage.Rename(temporary, name);
            _storage.SyncDirectory();
        }
        catch (IOException)
        {
            // Nothing rests on the new file: it holds what the map and the older generation hold.
            file?.Dispose();
            DeleteUnfinished(temporary);
            throw;
        }

        (_file, _seed) = (file, seed);
        Volatile.Write(ref _keptBytes, _currentBytes);
        Volatile.Write(ref _currentBytes, written);
        (_previous, _current) = (_current, header.Generation);
    }

    /// <summary>Deletes what neither the current generation nor the fallback needs.</summary>
    public void DeleteObsolete()
    {
        try
        {
            foreach (string name in _storage.List())
            {
                bool obsolete = JournalFileName.IsTemporary(name)
                    || (JournalFileName.IsGeneration(name, out long generation) && generation != _current && generation != _previous);
                if (obsolete) _storage.Delete(name);
            }
        }
        catch (IOException)
        {
            // Costs space only; the next generation tries again.
        }
    }

    public void Dispose() => Abandon();

    private void CutBack()
    {
        try
        {
            _file!.Truncate(_currentBytes);
        }
        catch (IOException)
        {
            // The half-written entry stays as the torn tail of a file that is not appended to any more.
            Abandon();
        }
    }

    private void Abandon()
    {
        _file?.Dispose();
        _file = null;
    }

    private void DeleteUnfinished(string temporary)
    {
        try
        {
            _storage.Delete(temporary);
        }
        catch (IOException)
        {
            // Deleted with what is obsolete once a generation was begun.
        }
    }
}
