using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files.Ids;

/// <summary>
/// Writes the table of ids of a segment that is being sealed, whatever its size with the same little memory: all hashes in order, then
/// the positions in the order of their hashes; and collects the filter. Used by one thread.
/// </summary>
/// <param name="files">Through which all is written.</param>
/// <param name="file">The segment's file.</param>
/// <param name="offset">Where the table begins.</param>
/// <param name="count">How many ids will be added, no more and no less.</param>
internal sealed class IdTableWriter(StoreFiles files, SafeFileHandle file, long offset, int count) : IDisposable
{
    private const int BufferedEntries = 16 << 10;

    private readonly ulong[] _hashes = ArrayPool<ulong>.Shared.Rent(BufferedEntries);
    private readonly int[] _positions = ArrayPool<int>.Shared.Rent(BufferedEntries);
    private int _written, _buffered;

    public int Count => count;

    public long Offset => offset;

    public BloomFilter Filter { get; } = new(count);

    /// <param name="hash">Not smaller than the one before.</param>
    /// <param name="position">Of the document, counted from the segment's first.</param>
    public void Add(ulong hash, int position)
    {
        if (_buffered == BufferedEntries) Flush();
        _hashes[_buffered] = hash;
        _positions[_buffered++] = position;
        Filter.Add(hash);
    }

    /// <summary>Writes what is still buffered. Throws <see cref="IOException"/>.</summary>
    public void Complete()
    {
        Flush();
        if (_written != count) throw new InvalidOperationException($"A table of {count} ids was given {_written}.");
    }

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_hashes);
        ArrayPool<int>.Shared.Return(_positions);
    }

    private void Flush()
    {
        files.Write(file, MemoryMarshal.AsBytes(_hashes.AsSpan(0, _buffered)), offset + ((long)_written * sizeof(ulong)));
        files.Write(file, MemoryMarshal.AsBytes(_positions.AsSpan(0, _buffered)), offset + ((long)count * sizeof(ulong)) + ((long)_written * sizeof(int)));
        _written += _buffered;
        _buffered = 0;
    }
}
