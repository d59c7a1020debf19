using System.Buffers;

namespace LogPipeline.Local.Store.Totals;

/// <summary>Adds up the documents of the block that is being built. Not thread-safe.</summary>
internal sealed class TotalsBuilder
{
    /// <summary>With more pieces than this a block has no totals: they would cost more than they spare.</summary>
    private const int MaxPieces = 32;

    private readonly List<Piece> _pieces = [];
    private readonly ArrayBufferWriter<byte> _encoded = new();
    private bool _isUnknown;

    public void Add(DocumentExtent extent)
    {
        if (extent.IsKnown) Add(extent.FileId, extent.Range, 1, extent.Bytes);
        else _isUnknown = true;
    }

    /// <summary>Adds those of another block, which has none when <paramref name="encoded"/> is empty.</summary>
    public void AddBlock(ReadOnlySpan<byte> encoded)
    {
        _isUnknown |= encoded.IsEmpty;
        var totals = new BlockTotals(encoded);
        while (totals.MoveNext()) Add(totals.FileId, totals.Range, totals.Documents, totals.Bytes);
    }

    /// <summary>The block's totals, empty when it has none; begins the next block's.</summary>
    public byte[] Take()
    {
        byte[] totals = [];
        if (!_isUnknown)
        {
            foreach (Piece piece in _pieces) BlockTotals.Write(_encoded, piece.FileId, piece.Range, piece.Documents, piece.Bytes);
            totals = _encoded.WrittenSpan.ToArray();
        }

        Clear();
        return totals;
    }

    public void Clear()
    {
        _pieces.Clear();
        _encoded.ResetWrittenCount();
        _isUnknown = false;
    }

    private void Add(ReadOnlySpan<byte> fileId, int range, int documents, long bytes)
    {
        if (_isUnknown) return;
        // Neighbours mostly are of the same file.
        for (int index = _pieces.Count - 1; index >= 0; index--)
        {
            Piece piece = _pieces[index];
            if (piece.Range != range || !fileId.SequenceEqual(piece.FileId)) continue;
            piece.Documents += documents;
            piece.Bytes += bytes;
            return;
        }

        if (_pieces.Count == MaxPieces) _isUnknown = true;
        else _pieces.Add(new Piece(fileId.ToArray(), range) { Documents = documents, Bytes = bytes });
    }

    private sealed class Piece(byte[] fileId, int range)
    {
        public byte[] FileId => fileId;

        public int Range => range;

        public int Documents { get; set; }

        public long Bytes { get; set; }
    }
}
