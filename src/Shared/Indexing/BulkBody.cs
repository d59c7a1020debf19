using System.Buffers;

namespace LogPipeline.Indexing;

/// <summary>
/// The NDJSON of one <c>_bulk</c> request of one tenant, and what its documents belong to. Filled by one worker, then owned by the
/// sender until it is completed, then by the worker again, which returns the buffers with <see cref="Dispose"/>.
/// </summary>
public sealed class BulkBody : IDisposable, IBufferWriter<byte>
{
    // Only how much room for items is made at first depends on it.
    private const int UsualItemBytes = 512;

    private static readonly KeptArrays<byte> Bytes = new();
    private static readonly KeptArrays<BulkItem> ItemArrays = new();

    private byte[] _buffer;
    private BulkItem[] _items;

    /// <param name="tenant">Whose documents these are; see <see cref="Tenant"/>.</param>
    /// <param name="capacity">Bytes rented at first; it grows when a document needs more.</param>
    public BulkBody(string tenant, int capacity)
    {
        Tenant = tenant;
        _buffer = Bytes.Rent(capacity);
        _items = ItemArrays.Rent(Math.Max(capacity / UsualItemBytes, 16));
    }

    /// <summary>The tenant whose queue, share of memory and verdicts this body belongs to.</summary>
    public string Tenant { get; }

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    public int ItemCount { get; private set; }

    /// <summary>The documents, in the order of the body.</summary>
    public Span<BulkItem> Items => _items.AsSpan(0, ItemCount);

    /// <summary>The owner's own objects, one for each piece of work (a chunk) that has documents here. The sender does not look at them.</summary>
    public List<object> Tickets { get; } = [];

    /// <summary>Ids may be in the store already (bytes that an earlier process may have sent): look them up before anything is sent.</summary>
    public bool LookUpFirst { get; set; }

    /// <summary>When the first document was added, in <see cref="TimeProvider.GetTimestamp"/> units.</summary>
    public long OpenedAt { get; set; }

    /// <summary>Gives back the buffers that are kept for bodies to come: there will be none for a while.</summary>
    public static void TrimBuffers()
    {
        Bytes.Trim();
        ItemArrays.Trim();
    }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public ReadOnlySpan<byte> ActionLine(in BulkItem item) => _buffer.AsSpan(item.Start, item.ActionLength);

    public ReadOnlySpan<byte> SourceLine(in BulkItem item) => _buffer.AsSpan(item.Start + item.ActionLength, item.SourceLength);

    public ReadOnlyMemory<byte> Item(in BulkItem item) => _buffer.AsMemory(item.Start, item.ActionLength + item.SourceLength);

    /// <summary>The documents of one of <see cref="Tickets"/>: they lie side by side.</summary>
    public Span<BulkItem> ItemsOf(int ticket)
    {
        int start = FirstOf(ticket);
        return _items.AsSpan(start, FirstOf(ticket + 1) - start);
    }

    /// <summary>Adds the document whose lines have just been written; its <see cref="BulkItem.Start"/> is where they begin.</summary>
    public void Add(in BulkItem item)
    {
        if (ItemCount == _items.Length) GrowItems();
        _items[ItemCount++] = item;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_buffer.Length - Length < Math.Max(sizeHint, 1)) Grow(sizeHint);
        return _buffer.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_buffer.Length - Length < Math.Max(sizeHint, 1)) Grow(sizeHint);
        return _buffer.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    public void Dispose()
    {
        byte[] buffer = _buffer;
        BulkItem[] items = _items;
        _buffer = [];
        _items = [];
        Length = ItemCount = 0;
        if (buffer.Length > 0) Bytes.Return(buffer);
        if (items.Length > 0) ItemArrays.Return(items);
    }

    // The first document of a ticket or of a later one: tickets are added one after the other.
    private int FirstOf(int ticket)
    {
        int low = 0, high = ItemCount;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_items[middle].Ticket < ticket) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private void Grow(int sizeHint)
    {
        byte[] larger = Bytes.Rent(Math.Max(_buffer.Length * 2, Length + Math.Max(sizeHint, 1)));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        Bytes.Return(_buffer);
        _buffer = larger;
    }

    private void GrowItems()
    {
        BulkItem[] larger = ItemArrays.Rent(_items.Length * 2);
        Items.CopyTo(larger);
        ItemArrays.Return(_items);
        _items = larger;
    }
}
