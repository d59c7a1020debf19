using System.Buffers;
using LogPipeline.Ledger;

namespace LogPipeline.Local.Store.Totals;

/// <summary>
/// What the documents of a block add up to, by log file and range: for each <c>id block, range, documents, bytes</c> as varints, in the order in which they
/// came. With it an audit reads no document.
/// </summary>
internal ref struct BlockTotals(ReadOnlySpan<byte> encoded)
{
    private VarintReader _rest = new(encoded);

    public ReadOnlySpan<byte> FileId { get; private set; }

    public int Range { get; private set; }

    public int Documents { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>False behind the last; bytes that nobody wrote end it, too.</summary>
    public bool MoveNext()
    {
        if (_rest.Rest.IsEmpty) return false;
        FileId = _rest.Block();
        Range = (int)_rest.Unsigned();
        Documents = (int)_rest.Unsigned();
        Bytes = (long)_rest.Unsigned();
        return !_rest.Failed;
    }

    public static void Write(IBufferWriter<byte> target, ReadOnlySpan<byte> fileId, int range, int documents, long bytes)
    {
        var writer = new VarintWriter(target);
        writer.Block(fileId);
        writer.Unsigned((ulong)range);
        writer.Unsigned((ulong)documents);
        writer.Unsigned((ulong)bytes);
    }
}
