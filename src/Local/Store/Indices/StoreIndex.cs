using System.Collections.Concurrent;
using LogPipeline.Local.Store.Files.Ids;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Indices;

/// <summary>
/// One index: its segments, the oldest first, of which the last may be open for writing. Documents are visible from the moment they
/// are durable. Thread-safe; writing goes through <see cref="IndexWriter"/> alone.
/// </summary>
internal sealed class StoreIndex
{
    private readonly Lock _lock = new();
    private readonly List<Segment> _segments = [];
    private readonly BlockCache _cache;
    private long _bytes;

    public StoreIndex(string name, string directory, string uuid, DateTimeOffset created, IndexMapping mapping, BlockCache cache)
    {
        Name = name;
        Directory = directory;
        Uuid = uuid;
        Created = created;
        Mapping = mapping;
        _cache = cache;
    }

    /// <summary>Held while files of the index come, go or change places: by its writer, by retention, by its deletion. Taken before the index's own lock.</summary>
    public Lock Files { get; } = new();

    public string Name { get; }

    public string Directory { get; }

    public string Uuid { get; }

    public DateTimeOffset Created { get; }

    public IndexMapping Mapping { get; }

    /// <summary>Deleted: takes no more documents.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>Sequence numbers of documents that newer ones replaced.</summary>
    public ConcurrentDictionary<long, byte> Replaced { get; } = new();

    /// <summary>The sequence number of the next document.</summary>
    public long NextSequence { get; private set; }

    /// <summary>Bytes on disk.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public long DocumentCount
    {
        get
        {
            lock (_lock) return _segments.Sum(segment => (long)segment.DocumentCount) - Replaced.Count;
        }
    }

    /// <summary>Documents whose ids are held in memory because their segment is not sealed.</summary>
    public long ActiveDocuments
    {
        get
        {
            lock (_lock) return _segments.Where(segment => !segment.IsSealed).Sum(segment => (long)segment.DocumentCount);
        }
    }

    public int ReplacedCount => Replaced.Count;

    /// <summary>Documents that were deleted to stay within the store's size.</summary>
    public long ExpiredCount { get; set; }

    /// <summary>The newest <c>@timestamp</c>; <see cref="long.MinValue"/> when there is none.</summary>
    public long MaxTimestamp
    {
        get
        {
            lock (_lock) return _segments.Count == 0 ? long.MinValue : _segments.Max(segment => segment.MaxTimestamp);
        }
    }

    public IndexSnapshot Snapshot()
    {
        lock (_lock) return new IndexSnapshot(this, _segments);
    }

    /// <summary>Segments with their sizes, the oldest first, for retention.</summary>
    public Segment[] Segments
    {
        get
        {
            lock (_lock) return [.. _segments];
        }
    }

    /// <summary>Adds a segment that was opened or begun.</summary>
    public void AddSegment(Segment segment)
    {
        lock (_lock)
        {
            _segments.Add(segment);
            if (segment.DocumentCount > 0)
            {
                SegmentBlock last = segment.Blocks.Span[^1];
                NextSequence = Math.Max(NextSequence, last.Summary.FirstSequence + last.Summary.DocumentCount);
            }

            foreach (long sequence in segment.Replaced) Replaced[sequence] = 0;
            Interlocked.Add(ref _bytes, segment.Length);
        }
    }

    /// <summary>Makes blocks that are synced known, with their ids.</summary>
    public void Publish(Segment segment, IReadOnlyList<(BlockFrame Frame, int Offset)> blocks, IReadOnlyList<WrittenDocument> documents, int length)
    {
        lock (_lock)
        {
            foreach ((BlockFrame frame, int offset) in blocks) segment.AddBlock(new SegmentBlock(segment.Length + offset, frame));
            segment.Length += length;
            Interlocked.Add(ref _bytes, length);
            NextSequence += documents.Count;
            foreach (WrittenDocument document in documents)
            {
                if (document.Replaced >= 0)
                {
                    Replaced[document.Replaced] = 0;
                    segment.Replaced.Add(document.Replaced);
                    if (document.Replaced >= segment.FirstSequence) segment.ActiveIds!.Remove(document.IdHash, (int)(document.Replaced - segment.FirstSequence));
                }

                segment.ActiveIds!.Add(document.IdHash, (int)(document.Sequence - segment.FirstSequence));
            }
        }
    }

    /// <summary>Seals a segment, called by its writer alone. Throws <see cref="IOException"/>; the segment is then as before.</summary>
    public void Seal(Segment segment, StoreFiles files)
    {
        if (segment.IsSealed || segment.DocumentCount == 0) return;
        long before = segment.Length;
        SegmentFooter.Seal(segment, files);
        Interlocked.Add(ref _bytes, segment.Length - before);
    }

    /// <summary>Puts a merged segment in the place of those that it was made from, which keep their readers. Called under <see cref="Files"/>.</summary>
    public void Replace(IReadOnlyList<Segment> sources, Segment merged)
    {
        lock (_lock)
        {
            int at = _segments.IndexOf(sources[0]);
            _segments.RemoveRange(at, sources.Count);
            _segments.Insert(at, merged);
            Interlocked.Add(ref _bytes, merged.Length - sources.Sum(source => source.Length));
        }

        foreach (Segment source in sources)
        {
            _cache.Forget(source);
            source.Release();
        }
    }

    /// <summary>Takes a segment out, whose file is to be deleted. False when it is not there. Called under <see cref="Files"/>.</summary>
    public bool RemoveSegment(Segment segment)
    {
        lock (_lock)
        {
            if (!_segments.Remove(segment)) return false;
            Interlocked.Add(ref _bytes, -segment.Length);
            if (segment.DocumentCount > 0)
            {
                SegmentBlock last = segment.Blocks.Span[^1];
                long end = last.Summary.FirstSequence + last.Summary.DocumentCount;
                foreach (long sequence in Replaced.Keys)
                {
                    if (sequence >= segment.FirstSequence && sequence < end) Replaced.TryRemove(sequence, out _);
                }
            }
        }

        _cache.Forget(segment);
        segment.Release();
        return true;
    }

    /// <summary>Takes no more documents and lets go of the files. Called under <see cref="Files"/>.</summary>
    public void Close()
    {
        Segment[] segments;
        lock (_lock)
        {
            IsDeleted = true;
            segments = [.. _segments];
        }

        foreach (Segment segment in segments) RemoveSegment(segment);
    }

    /// <summary>Finds the newest durable document with an id. Throws <see cref="IOException"/>.</summary>
    public bool TryFind(IndexSnapshot snapshot, ulong hash, ReadOnlySpan<byte> id, out DocumentLocation location)
    {
        List<int>? positions = null;
        for (int i = snapshot.Segments.Length - 1; i >= 0; i--)
        {
            Segment segment = snapshot.Segments[i];
            if (segment.SealedIds is { } sealedIds)
            {
                if (!sealedIds.Filter.MayContain(hash)) continue;
                sealedIds.Find(hash, positions ??= []);
            }
            else
            {
                positions ??= [];
                lock (_lock)
                {
                    if (segment.ActiveIds is { } active) active.Find(hash, positions);
                    else segment.SealedIds!.Find(hash, positions);
                }
            }

            foreach (int position in positions)
            {
                long sequence = segment.FirstSequence + position;
                if (Replaced.ContainsKey(sequence)) continue;
                using CachedBlock? block = Read(segment, sequence, out BlockRecords record);
                if (block is null || !record.Id.SequenceEqual(id)) continue;
                location = new DocumentLocation(segment, sequence, record.Version);
                return true;
            }
        }

        location = default;
        return false;
    }

    /// <summary>
    /// Reads a document; <paramref name="record"/> lies in the result, which the caller disposes. Null when its block is damaged.
    /// Throws <see cref="IOException"/>.
    /// </summary>
    public CachedBlock? Read(Segment segment, long sequence, out BlockRecords record)
    {
        record = default;
        int index = segment.FindBlock(sequence);
        if (index < 0) return null;
        SegmentBlock block = segment.Blocks.Span[index];
        if (_cache.Read(segment, block) is not { } read) return null;
        record = new BlockRecords(read.Raw);
        for (long at = block.Summary.FirstSequence; record.MoveNext(); at++)
        {
            if (at == sequence) return read;
        }

        read.Dispose();
        return null;
    }
}
