using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using LogPipeline.Ledger.State;
using LogPipeline.Tailing;

namespace LogPipeline.Ledger.Journal;

/// <summary>The map in memory. One writer; reads from any thread see a batch whole or not at all. Values are never changed, only replaced.</summary>
public sealed class JournalMap
{
    private const int PartBytes = 256 << 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<FileId, byte[]> _values = [];
    private long _liveBytes;

    public int Count
    {
        get { lock (_lock) return _values.Count; }
    }

    /// <summary>Bytes of a snapshot's puts.</summary>
    public long LiveBytes => Volatile.Read(ref _liveBytes);

    public bool TryGet(FileId key, [NotNullWhen(true)] out byte[]? value)
    {
        lock (_lock) return _values.TryGetValue(key, out value);
    }

    public KeyValuePair<FileId, ReadOnlyMemory<byte>>[] ToArray()
    {
        lock (_lock)
        {
            var copy = new KeyValuePair<FileId, ReadOnlyMemory<byte>>[_values.Count];
            int index = 0;
            foreach ((FileId key, byte[] value) in _values) copy[index++] = new(key, value);
            return copy;
        }
    }

    /// <summary>Applies the operations of a well-formed payload.</summary>
    public void Apply(ReadOnlySpan<byte> payload)
    {
        var reader = new JournalOperationReader(payload);
        long live = _liveBytes;
        lock (_lock)
        {
            while (reader.Read())
            {
                byte[]? old;
                if (reader.IsPut)
                {
                    ref byte[]? slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_values, reader.Key, out _);
                    old = slot;
                    slot = reader.Value.ToArray();
                    live += JournalOperationReader.PutOverheadBytes + slot.Length;
                }
                else
                {
                    _values.Remove(reader.Key, out old);
                }

                if (old is not null) live -= JournalOperationReader.PutOverheadBytes + old.Length;
            }
        }

        Volatile.Write(ref _liveBytes, live);
    }

    /// <summary>The operations that make this map from an empty one.</summary>
    public byte[] ToPayload()
    {
        using var all = new JournalBatch();
        foreach ((FileId key, ReadOnlyMemory<byte> value) in ToArray()) all.Put(key, value.Span);
        return all.Payload.ToArray();
    }

    /// <summary>Writes the map as a snapshot, in parts of about <see cref="PartBytes"/>; returns the bytes written. The caller is the map's writer.</summary>
    internal long WriteSnapshot(IStateStorageFile file, long baseSequence, uint seed)
    {
        using var part = new JournalBatch();
        long written = 0, parts = 0;
        foreach ((FileId key, byte[] value) in _values)
        {
            part.Put(key, value);
            if (part.PayloadBytes >= PartBytes) WritePart();
        }

        if (part.Count > 0) WritePart();
        Span<byte> end = stackalloc byte[JournalFormat.EntryHeaderBytes + JournalFormat.SnapshotEndPayloadBytes];
        new JournalSnapshotEnd(_values.Count, parts).Write(end[JournalFormat.EntryHeaderBytes..]);
        JournalFormat.SealEntry(end, JournalFormat.SnapshotEndPayloadBytes, JournalEntryKind.SnapshotEnd, baseSequence, seed);
        file.Append(end);
        return written + end.Length;

        void WritePart()
        {
            ReadOnlySpan<byte> entry = part.Seal(JournalEntryKind.SnapshotPart, parts++, seed);
            file.Append(entry);
            written += entry.Length;
            part.Clear();
        }
    }
}
