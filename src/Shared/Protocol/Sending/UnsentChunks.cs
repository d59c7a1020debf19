using LogPipeline.Ledger;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Protocol.Sending;

/// <summary>
/// Chunks that were read and not given out, in order. How large one may be is known only when it goes, as it depends on its way: a larger one is given out in pieces, with its
/// header in the first and what it says of its end in the last.
/// </summary>
internal sealed class UnsentChunks
{
    private readonly Queue<(DeliverChunk Chunk, ReadEnd Before, ReadEnd End)> _chunks = [];
    private int _givenBytes;

    public int Count => _chunks.Count;

    /// <param name="chunk">Without a number.</param>
    /// <param name="before">How far was read before it.</param>
    /// <param name="end">How far was read with it.</param>
    public void Add(DeliverChunk chunk, ReadEnd before, ReadEnd end) => _chunks.Enqueue((chunk, before, end));

    /// <summary>The next piece, which stays until <see cref="Take"/>.</summary>
    /// <param name="maxBytes">Of its header and bytes, above those of any header.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="end">How far was read with it, as far as the aggregator may be told.</param>
    public bool TryPeek(int maxBytes, out DeliverChunk piece, out ReadEnd end)
    {
        (piece, end) = (null!, default);
        if (!_chunks.TryPeek(out (DeliverChunk Chunk, ReadEnd Before, ReadEnd End) next)) return false;
        (piece, end) = (next.Chunk, next.End);
        ReadOnlyMemory<byte> header = _givenBytes == 0 ? piece.Header : default, bytes = piece.Bytes[_givenBytes..];
        int room = maxBytes - header.Length;
        if (_givenBytes == 0 && bytes.Length <= room) return true;
        bool isLast = bytes.Length <= room;
        piece = piece with
        {
            Start = piece.Start with { OffsetBytes = piece.Start.OffsetBytes + _givenBytes }, Header = header, Bytes = isLast ? bytes : bytes[..room], Rented = null,
            Flags = isLast ? piece.Flags : ChunkFlags.None, GoOnAt = isLast ? piece.GoOnAt : default,
        };
        if (!isLast) end = EndOf(next.Chunk, _givenBytes + room, next.Before);
        return true;
    }

    // Where the bytes before a piece's end are not all in the chunk, what was read before the chunk tells its file apart.
    private static ReadEnd EndOf(DeliverChunk chunk, int length, ReadEnd before)
    {
        long offset = chunk.Start.OffsetBytes + length;
        return length >= Math.Min(offset, TailCrc.MaxBytes) ? new(before.FileOrdinal, TailCrc.Of(offset, chunk.Bytes.Span[..length])) : before;
    }

    /// <summary>A piece that was looked at is given out.</summary>
    public void Take(DeliverChunk piece)
    {
        _givenBytes += piece.Bytes.Length;
        if (_givenBytes < _chunks.Peek().Chunk.Bytes.Length) return;
        _chunks.Dequeue();
        _givenBytes = 0;
    }

    public void Clear()
    {
        _chunks.Clear();
        _givenBytes = 0;
    }
}
