using System.Buffers;
using LogPipeline.Ledger.State;

namespace LogPipeline.Ledger.Journal;

/// <summary>
/// Reads the entries of one journal file through a window of bounded size (or of the largest entry). Never throws for what the bytes
/// are; <see cref="IOException"/> when they cannot be read.
/// </summary>
internal sealed class JournalFileReader : IDisposable
{
    private const int WindowBytes = 256 << 10;

    private readonly IStateStorageReader _source;
    private byte[] _window;
    private long _windowStart;
    private int _windowLength;

    public JournalFileReader(IStateStorage storage, string name)
    {
        Name = name;
        _source = storage.OpenRead(name);
        _window = ArrayPool<byte>.Shared.Rent(WindowBytes);
    }

    public string Name { get; }

    public long LengthBytes => _source.LengthBytes;

    /// <summary>What the checksums of this file's entries continue; set once the header was read.</summary>
    public uint Seed { get; set; }

    /// <summary>The first bytes, fewer if the file is shorter than a header.</summary>
    public ReadOnlySpan<byte> ReadHeader() => TryPeek(0, (int)Math.Min(JournalFormat.HeaderBytes, LengthBytes), out ReadOnlySpan<byte> bytes) ? bytes : default;

    /// <summary>Reads the entry at an offset; false when there is no valid one. The payload is borrowed until the next call.</summary>
    public bool TryReadEntry(long offset, out JournalEntryHeader header, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        header = default;
        if (!TryPeek(offset, JournalFormat.EntryHeaderBytes, out ReadOnlySpan<byte> bytes)) return false;
        if (!JournalFormat.TryReadEntryHeader(bytes, Seed, out header)) return false;
        if (header.EntryBytes > LengthBytes - offset || !TryPeek(offset, (int)header.EntryBytes, out bytes)) return false;
        bytes = bytes[JournalFormat.EntryHeaderBytes..];
        if (header.PayloadChecksum != Crc32C.Append(Seed, bytes)) return false;
        payload = bytes[..header.PayloadBytes];
        return header.Kind == JournalEntryKind.SnapshotEnd
            ? JournalSnapshotEnd.TryRead(payload, out _)
            : JournalOperationReader.TryCount(payload, out _);
    }

    /// <summary>Finds the first valid entry at or behind an offset; false when there is none.</summary>
    public bool TryFindEntry(long from, out long offset, out JournalEntryHeader header)
    {
        for (offset = JournalFormat.Align(from); offset <= LengthBytes - JournalFormat.EntryHeaderBytes; offset += JournalFormat.Alignment)
        {
            if (TryReadEntry(offset, out header, out _)) return true;
        }

        header = default;
        return false;
    }

    public void Dispose()
    {
        _source.Dispose();
        byte[] window = _window;
        _window = [];
        if (window.Length > 0) ArrayPool<byte>.Shared.Return(window);
    }

    private bool TryPeek(long offset, int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count > LengthBytes - offset) return false;
        if (offset < _windowStart || offset + count > _windowStart + _windowLength)
        {
            if (count > _window.Length)
            {
                ArrayPool<byte>.Shared.Return(_window);
                _window = [];
                _window = ArrayPool<byte>.Shared.Rent(count);
            }

            _windowStart = offset;
            _windowLength = _source.Read(offset, _window);
            if (_windowLength < count) return false;
        }

        bytes = _window.AsSpan((int)(offset - _windowStart), count);
        return true;
    }
}
