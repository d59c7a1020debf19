using System.Buffers;
using LogPipeline.Local.Store.Totals;

namespace LogPipeline.Local.Store.Indices;

/// <summary>The documents of one request. Owns pooled arrays, not the body; disposed when the answer is written.</summary>
internal sealed class IngestRequest(ReadOnlyMemory<byte> body) : IDisposable
{
    private IngestItem[] _items = ArrayPool<IngestItem>.Shared.Rent(256);
    private uint[] _keywords = ArrayPool<uint>.Shared.Rent(4096);
    private List<byte[]>? _generatedIds;

    public ReadOnlySpan<byte> Body => body.Span;

    public int Count { get; private set; }

    public Span<IngestItem> Items => _items.AsSpan(0, Count);

    public int KeywordCount { get; private set; }

    public ReadOnlySpan<byte> Id(in IngestItem item) => item.IdStart >= 0 ? Body.Slice(item.IdStart, item.IdLength) : _generatedIds![~item.IdStart];

    public ReadOnlySpan<byte> Source(in IngestItem item) => Body.Slice(item.SourceStart, item.SourceLength);

    public ReadOnlySpan<uint> Keywords(in IngestItem item) => _keywords.AsSpan(item.KeywordsStart, item.KeywordsLength);

    /// <summary>Which piece of which log file a document is.</summary>
    public DocumentExtent Extent(in IngestItem item)
    {
        if (item.FileIdLength is 0 or int.MaxValue || item.LogOffset < 0 || item.LogLength < 0 || item.LogOffset / ExtentFields.RangeBytes > int.MaxValue) return default;
        return new DocumentExtent(Source(item).Slice(item.FileIdStart, item.FileIdLength), (int)(item.LogOffset / ExtentFields.RangeBytes), item.LogLength);
    }

    /// <summary>Adds an item and returns its position.</summary>
    public int Add(in IngestItem item)
    {
        if (Count == _items.Length) _items = Grow(_items, Count);
        _items[Count] = item;
        return Count++;
    }

    public void AddKeyword(uint field, uint value)
    {
        if (KeywordCount + 2 > _keywords.Length) _keywords = Grow(_keywords, KeywordCount);
        _keywords[KeywordCount++] = field;
        _keywords[KeywordCount++] = value;
    }

    /// <summary>Keeps an id that is not in the body as it is meant; the result is for <see cref="IngestItem.IdStart"/>.</summary>
    public int AddId(byte[] id)
    {
        (_generatedIds ??= []).Add(id);
        return ~(_generatedIds.Count - 1);
    }

    public void Dispose()
    {
        ArrayPool<IngestItem>.Shared.Return(_items);
        ArrayPool<uint>.Shared.Return(_keywords);
        _items = [];
        _keywords = [];
    }

    private static T[] Grow<T>(T[] array, int count)
    {
        T[] larger = ArrayPool<T>.Shared.Rent(array.Length * 2);
        array.AsSpan(0, count).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        return larger;
    }
}
