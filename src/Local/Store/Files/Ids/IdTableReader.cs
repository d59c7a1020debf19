using System.Buffers;

namespace LogPipeline.Local.Store.Files.Ids;

/// <summary>Reads the table of ids of a sealed segment from its first hash to its last. Used by one thread.</summary>
internal sealed class IdTableReader(SealedIds ids) : IDisposable
{
    private const int BufferedEntries = 8 << 10;

    private readonly ulong[] _hashes = ArrayPool<ulong>.Shared.Rent(BufferedEntries);
    private readonly int[] _positions = ArrayPool<int>.Shared.Rent(BufferedEntries);
    private int _read, _buffered, _at = -1;

    public ulong Hash => _hashes[_at];

    public int Position => _positions[_at];

    /// <summary>False behind the last. Throws <see cref="IOException"/>.</summary>
    public bool MoveNext()
    {
        if (++_at < _buffered) return true;
        _buffered = Math.Min(BufferedEntries, ids.Count - _read);
        if (_buffered == 0) return false;
        ids.ReadHashes(_hashes.AsSpan(0, _buffered), _read);
        ids.ReadPositions(_positions.AsSpan(0, _buffered), _read);
        _read += _buffered;
        _at = 0;
        return true;
    }

    public void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(_hashes);
        ArrayPool<int>.Shared.Return(_positions);
    }
}
