using System.Buffers;
using System.Buffers.Binary;
using LogPipeline.Tailing;

namespace LogPipeline.Ledger.Journal;

/// <summary>
/// Puts and deletes that become durable together; the last one of a key counts. Encoded as it is filled, into a pooled buffer: fill,
/// append, <see cref="Clear"/>, fill again. One user at a time.
/// </summary>
public sealed class JournalBatch : IDisposable
{
    /// <summary>A larger buffer is not kept by <see cref="Clear"/>.</summary>
    private const int KeptBufferBytes = 1 << 20;

    private byte[] _buffer = [];
    private int _end = JournalFormat.EntryHeaderBytes;

    /// <summary>Puts and deletes.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the operations as they will be written.</summary>
    public int PayloadBytes => _end - JournalFormat.EntryHeaderBytes;

    public void Put(FileId key, ReadOnlySpan<byte> value) => value.CopyTo(Put(key, value.Length));

    /// <summary>Adds a put whose value the caller writes into the returned span, all of it, before the next call on this batch.</summary>
    public Span<byte> Put(FileId key, int valueBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(valueBytes);
        Span<byte> operation = Add((long)JournalOperationReader.PutOverheadBytes + valueBytes);
        operation[0] = JournalOperationReader.PutCode;
        key.Write(operation[1..]);
        BinaryPrimitives.WriteInt32LittleEndian(operation[JournalOperationReader.DeleteBytes..], valueBytes);
        return operation[JournalOperationReader.PutOverheadBytes..];
    }

    /// <summary>Adds a delete; nothing happens if the key is absent.</summary>
    public void Delete(FileId key)
    {
        Span<byte> operation = Add(JournalOperationReader.DeleteBytes);
        operation[0] = JournalOperationReader.DeleteCode;
        key.Write(operation[1..]);
    }

    /// <summary>Empties the batch for its next use.</summary>
    public void Clear()
    {
        Count = 0;
        _end = JournalFormat.EntryHeaderBytes;
        if (_buffer.Length > KeptBufferBytes) Dispose();
    }

    /// <summary>Returns the buffer; the batch is empty and may be used again.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _end = JournalFormat.EntryHeaderBytes;
        Count = 0;
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>The operations; valid until the batch is touched. <see cref="JournalMap.Apply"/> reads them.</summary>
    public ReadOnlySpan<byte> Payload => Count == 0 ? default : _buffer.AsSpan(JournalFormat.EntryHeaderBytes, PayloadBytes);

    /// <summary>The batch as an entry, header and padding included; valid until the batch is touched. May be asked for again.</summary>
    internal ReadOnlySpan<byte> Seal(JournalEntryKind kind, long sequence, uint seed)
    {
        int aligned = (int)JournalFormat.Align(_end);
        Reserve(aligned - _end);
        Span<byte> entry = _buffer.AsSpan(0, aligned);
        entry[_end..].Clear();
        JournalFormat.SealEntry(entry, PayloadBytes, kind, sequence, seed);
        return entry;
    }

    private Span<byte> Add(long bytes)
    {
        if (bytes > JournalFormat.MaxPayloadBytes - PayloadBytes) throw new InvalidOperationException("A batch holds at most 1 GiB.");
        Reserve((int)bytes);
        Span<byte> operation = _buffer.AsSpan(_end, (int)bytes);
        _end += (int)bytes;
        Count++;
        return operation;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _end >= bytes && _buffer.Length > 0) return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, (int)Math.Max(_end + (long)bytes, Math.Min(_buffer.Length * 2L, JournalFormat.MaxPayloadBytes))));
        if (_buffer.Length > 0)
        {
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
