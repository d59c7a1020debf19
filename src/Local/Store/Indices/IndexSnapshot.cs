using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Indices;

/// <summary>What an index holds durably at one moment. Its files stay open, even when they are deleted meanwhile, until it is disposed.</summary>
internal sealed class IndexSnapshot : IDisposable
{
    private readonly Segment[] _segments;
    private readonly ReadOnlyMemory<SegmentBlock>[] _blocks;

    /// <summary>Called under the index's lock.</summary>
    public IndexSnapshot(StoreIndex index, IReadOnlyList<Segment> segments)
    {
        Index = index;
        _segments = [.. segments];
        _blocks = new ReadOnlyMemory<SegmentBlock>[_segments.Length];
        for (int i = 0; i < _segments.Length; i++)
        {
            _segments[i].Retain();
            _blocks[i] = _segments[i].Blocks;
        }
    }

    public StoreIndex Index { get; }

    /// <summary>The oldest first.</summary>
    public ReadOnlySpan<Segment> Segments => _segments;

    public ReadOnlyMemory<SegmentBlock> Blocks(int segment) => _blocks[segment];

    public void Dispose()
    {
        foreach (Segment segment in _segments) segment.Release();
    }
}
