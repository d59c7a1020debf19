using LogPipeline.Configuration;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Indices;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Local.Store;

/// <summary>
/// Keeps the store within its bounds: whole indices by the age of their newest document, then the segments with the oldest documents
/// by bytes. Counted; nothing is deleted silently. Thread-safe.
/// </summary>
internal sealed class Retention(EmbeddedStore store, EmbeddedStoreOptions options, TimeProvider clock, ILogger log)
{
    private readonly Lock _lock = new();
    private long _documents, _bytes, _segments;

    public long ExpiredDocuments => Interlocked.Read(ref _documents);

    public long ExpiredBytes => Interlocked.Read(ref _bytes);

    public long ExpiredSegments => Interlocked.Read(ref _segments);

    public void Apply()
    {
        lock (_lock)
        {
            DateTimeOffset oldest = clock.GetUtcNow() - options.MaxAge;
            long oldestNanos = Timestamps.FromDateTime(oldest.UtcDateTime);
            foreach (StoreIndex index in store.Indices.ToArray())
            {
                if (index.Created < oldest && index.MaxTimestamp < oldestNanos && index.DocumentCount > 0) DeleteIndex(index, "age");
            }
        }

        ApplyBytes();
    }

    public void ApplyBytes()
    {
        lock (_lock)
        {
            long bytes = store.Indices.Sum(index => index.Bytes);
            if (bytes <= options.MaxBytes) return;
            var segments = store.Indices
                .SelectMany(index => index.Segments.Where(segment => segment.IsSealed).Select(segment => (Index: index, Segment: segment)))
                .OrderBy(entry => entry.Segment.MaxTimestamp).ThenBy(entry => entry.Segment.Number)
                .ToArray();
            foreach ((StoreIndex index, Segment segment) in segments)
            {
                if (bytes <= options.MaxBytes) return;
                bytes -= segment.Length;
                if (index.IsDeleted) continue;
                if (index.Segments.Length == 1) DeleteIndex(index, "size");
                else Delete(index, segment);
            }
        }
    }

    private void Delete(StoreIndex index, Segment segment)
    {
        try
        {
            lock (index.Files)
            {
                if (!index.RemoveSegment(segment)) return;
                Count(segment.DocumentCount, segment.Length, 1);
                File.Delete(segment.Path);
                // Afterwards, when a full disk has room for it again.
                store.RecordExpired(index, segment.DocumentCount);
            }

            log.LogInformation("{Documents} oldest documents of {Index} deleted to stay within {MaxBytes} bytes", segment.DocumentCount, index.Name, options.MaxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("{Path} could not be deleted: {Reason}", segment.Path, e.Message);
        }
    }

    private void DeleteIndex(StoreIndex index, string reason)
    {
        (long documents, long bytes, int segments) = (index.DocumentCount, index.Bytes, index.Segments.Length);
        try
        {
            if (!store.DeleteIndex(index.Name)) return;
            Count(documents, bytes, segments);
            log.LogInformation("index {Index} with {Documents} documents deleted because of its {Reason}", index.Name, documents, reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.LogWarning("index {Index} could not be deleted: {Reason}", index.Name, e.Message);
        }
    }

    private void Count(long documents, long bytes, int segments)
    {
        Interlocked.Add(ref _documents, documents);
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _segments, segments);
    }
}
