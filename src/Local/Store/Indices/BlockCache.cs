using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Indices;

/// <summary>Decompressed blocks that were read for single documents, the least recently used given up first. Thread-safe.</summary>
internal sealed class BlockCache(long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Segment, long), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes;

    /// <summary>A block's documents, shared: not to be written to. Null when the block is damaged. Throws <see cref="IOException"/>.</summary>
    public byte[]? Read(Segment segment, in SegmentBlock block)
    {
        (Segment, long) key = (segment, block.Offset);
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? known))
            {
                _byUse.Remove(known);
                _byUse.AddFirst(known);
                return known.Value.Raw;
            }
        }

        byte[] raw = GC.AllocateUninitializedArray<byte>(block.Frame.RawLength);
        if (!segment.ReadBlock(block, raw)) return null;
        lock (_lock)
        {
            if (_entries.ContainsKey(key)) return raw;
            _entries.Add(key, _byUse.AddFirst(new Entry(key, raw)));
            _bytes += raw.Length;
            while (_bytes > maxBytes && _byUse.Last is { } last && last != _byUse.First) Remove(last);
        }

        return raw;
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
        _bytes -= node.Value.Raw.Length;
    }

    private sealed record Entry((Segment, long) Key, byte[] Raw);
}
