using System.Buffers;
using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Indices;

/// <summary>Decompressed blocks that were read for single documents, the least recently used given up first. Thread-safe.</summary>
internal sealed class BlockCache(long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Segment, long), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes;

    /// <summary>A block's documents, for the caller to dispose. Null when the block is damaged. Throws <see cref="IOException"/>.</summary>
    public CachedBlock? Read(Segment segment, in SegmentBlock block)
    {
        (Segment, long) key = (segment, block.Offset);
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? known))
            {
                _byUse.Remove(known);
                _byUse.AddFirst(known);
                known.Value.Block.Retain();
                return known.Value.Block;
            }
        }

        byte[] raw = ArrayPool<byte>.Shared.Rent(block.Frame.RawLength);
        bool isIntact = false;
        try
        {
            isIntact = segment.ReadBlock(block, raw.AsSpan(0, block.Frame.RawLength));
        }
        finally
        {
            if (!isIntact) ArrayPool<byte>.Shared.Return(raw);
        }

        if (!isIntact) return null;
        var read = new CachedBlock(raw, block.Frame.RawLength);
        lock (_lock)
        {
            if (block.Frame.RawLength > maxBytes || _entries.ContainsKey(key)) return read;
            read.Retain();
            _entries.Add(key, _byUse.AddFirst(new Entry(key, read)));
            _bytes += read.Length;
            while (_bytes > maxBytes) Remove(_byUse.Last!);
        }

        return read;
    }

    /// <summary>Forgets the blocks of a segment that is given up.</summary>
    public void Forget(Segment segment)
    {
        lock (_lock)
        {
            for (LinkedListNode<Entry>? node = _byUse.First, next; node is not null; node = next)
            {
                next = node.Next;
                if (node.Value.Key.Item1 == segment) Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.Block.Length;
        node.Value.Block.Dispose();
    }

    private sealed record Entry((Segment, long) Key, CachedBlock Block);
}
