using System.Diagnostics;
using LogPipeline.Local.Store.Files.Ids;
using LogPipeline.Local.Store.Files;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Indices;

/// <summary>
/// Writes an index: everything that waits becomes one group, with one write and one sync for all of it (group commit). Documents are
/// acknowledged, visible and in the way of others only when that sync has returned. Runs on a pool thread while there is work.
/// </summary>
internal sealed class IndexWriter(StoreIndex index, StoreFiles files, SegmentSizes sizes, ILogger log, Action written) : IAsyncDisposable
{
    /// <summary>Blocks that hold less on average are put together when their segment is sealed.</summary>
    private const long SmallBlockBytes = 32 << 10;

    private const int DiskFullError = 28;
    private const int QuotaError = 122;

    private static readonly TimeSpan RefusalToldAgainAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly List<WrittenDocument> _documents = [];
    private readonly Dictionary<ulong, int> _documentByHash = [];
    private readonly BlockBuilder _builder = new();
    private readonly IndexCompactor _compactor = new(index, files, sizes, log);
    private List<IngestBatch> _waiting = [];
    private Segment? _segment = index.Segments is [.., { IsSealed: false } last] ? last : null;
    private TaskCompletionSource? _written;
    private bool _isRunning, _sealRequested;
    private long? _refusalToldAt;
    private long _refusedDocuments;

    /// <summary>Queues documents; the batch's completion says when their outcomes are certain.</summary>
    public void Write(IngestBatch batch)
    {
        lock (_lock)
        {
            _waiting.Add(batch);
            Start();
        }
    }

    /// <summary>Asks for the open segment to be sealed, to give its memory back.</summary>
    public void RequestSeal()
    {
        lock (_lock)
        {
            _sealRequested = true;
            Start();
        }
    }

    /// <summary>Waits until nothing is left to write, and to compact.</summary>
    public async Task IdleAsync()
    {
        await WrittenAsync().ConfigureAwait(false);
        await _compactor.Idle.ConfigureAwait(false);
    }

    /// <summary>Waits until nothing is left to write, and gives up what is being compacted.</summary>
    public async ValueTask DisposeAsync()
    {
        await WrittenAsync().ConfigureAwait(false);
        await _compactor.DisposeAsync().ConfigureAwait(false);
    }

    private Task WrittenAsync()
    {
        lock (_lock)
        {
            if (!_isRunning) return Task.CompletedTask;
            _written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _written.Task;
        }
    }

    private void Start()
    {
        if (_isRunning) return;
        _isRunning = true;
        ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.Run(), this, preferLocal: false);
    }

    private void Run()
    {
        while (true)
        {
            List<IngestBatch> group;
            bool seal;
            lock (_lock)
            {
                seal = _sealRequested;
                _sealRequested = false;
                if (_waiting.Count == 0 && !seal)
                {
                    _isRunning = false;
                    _written?.TrySetResult();
                    _written = null;
                    return;
                }

                group = _waiting;
                _waiting = [];
            }

            if (group.Count > 0) Commit(group);
            if (_segment is { } segment && (seal || sizes.IsFull(segment))) Seal(segment);
            if (group.Count > 0) written();
        }
    }

    private void Commit(List<IngestBatch> group)
    {
        Segment? segment = null;
        bool isWritten = false;
        try
        {
            if (index.IsDeleted)
            {
                foreach (IngestBatch batch in group) batch.Fail(IngestOutcome.Unavailable);
                return;
            }

            using (IndexSnapshot snapshot = index.Snapshot())
            {
                foreach (IngestBatch batch in group) Accept(batch, snapshot);
            }

            _builder.SealBlock();
            if (_documents.Count > 0)
            {
                segment = _segment ??= BeginSegment();
                segment.Retain();
                files.Write(segment.File, _builder.Output.Span, segment.Length);
                isWritten = true;
                files.Sync(segment.File);
                index.Publish(segment, _builder.Blocks, _documents, _builder.Output.Length);
                segment.Release();
                segment = null;
            }

            foreach (IngestBatch batch in group) batch.Complete();
            if (isWritten) TellOfRecovery();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // Nothing of this group was acknowledged: it is cut off, and the sender is told to send it again.
            bool full = e is IOException && (e.HResult & 0xFFFF) is DiskFullError or QuotaError;
            TellOfRefusal(e, full);
            if (segment is not null) CutOff(segment, isWritten);
            foreach (IngestBatch batch in group) batch.Fail(full ? IngestOutcome.DiskFull : IngestOutcome.Unavailable);
        }
        catch (Exception e)
        {
            log.LogError(e, "{Count} documents for {Index} were not written because of a fault of the store", _documents.Count, index.Name);
            if (segment is not null) CutOff(segment, isWritten);
            foreach (IngestBatch batch in group) batch.Fail(IngestOutcome.Unavailable);
        }
        finally
        {
            _documents.Clear();
            _documentByHash.Clear();
            _builder.Reset();
        }
    }

    // Who sends asks again several times a second: it is told once, and now and then while it lasts.
    private void TellOfRefusal(Exception e, bool full)
    {
        _refusedDocuments += _documents.Count;
        if (_refusalToldAt is { } toldAt && Stopwatch.GetElapsedTime(toldAt) < RefusalToldAgainAfter) return;
        _refusalToldAt = Stopwatch.GetTimestamp();
        log.LogWarning("Nothing can be written for {Index}: {Reason}{Remedy}. Documents are refused for now and sent again; none that was acknowledged is lost",
            index.Name, e.Message, full ? "; free space there, or give the store less (store.embedded.max_size)" : "");
    }

    private void TellOfRecovery()
    {
        if (_refusalToldAt is null) return;
        log.LogInformation("Documents are written for {Index} again; {Count} were refused meanwhile, those sent again each time included", index.Name, _refusedDocuments);
        (_refusalToldAt, _refusedDocuments) = (null, 0);
    }

    private void Accept(IngestBatch batch, IndexSnapshot snapshot)
    {
        IngestRequest request = batch.Request;
        foreach (int position in batch.Positions)
        {
            ref IngestItem item = ref request.Items[position];
            ReadOnlySpan<byte> id = request.Id(item);
            int version = 1;
            long replaced = -1;
            if (TryFindInGroup(item.IdHash, id, out WrittenDocument waiting)) (version, replaced) = (waiting.Version + 1, waiting.Sequence);
            else if (index.TryFind(snapshot, item.IdHash, id, out DocumentLocation location)) (version, replaced) = (location.Version + 1, location.Sequence);
            if (replaced >= 0 && !item.Overwrite)
            {
                item.Outcome = IngestOutcome.Conflict;
                item.Version = version - 1;
                continue;
            }

            item.Outcome = replaced >= 0 ? IngestOutcome.Updated : IngestOutcome.Created;
            item.Version = version;
            item.Sequence = index.NextSequence + _documents.Count;
            _builder.Add(id, request.Source(item), version, replaced, item.Sequence, item.Timestamp, request.Keywords(item), request.Extent(item));
            _documentByHash[item.IdHash] = _documents.Count;
            _documents.Add(new WrittenDocument(item.IdHash, item.Sequence, replaced, version, batch, position));
        }
    }

    private bool TryFindInGroup(ulong hash, ReadOnlySpan<byte> id, out WrittenDocument document)
    {
        document = default;
        if (!_documentByHash.TryGetValue(hash, out int found)) return false;
        // The newest with this hash comes first; another id of the same hash lies before it.
        for (int i = found; i >= 0; i--)
        {
            document = _documents[i];
            if (document.IdHash == hash && document.Batch.Request.Id(document.Batch.Request.Items[document.Position]).SequenceEqual(id)) return true;
        }

        return false;
    }

    private Segment BeginSegment()
    {
        lock (index.Files)
        {
            if (index.IsDeleted) throw new IOException($"The index {index.Name} was deleted.");
            long number = index.Segments is [.., { } last] ? last.Number + last.MergedFiles + 1 : 1;
            string path = Path.Combine(index.Directory, $"{number:D10}{Segment.Extension}");
            SafeFileHandle file = files.Open(path, FileMode.CreateNew);
            files.SyncDirectory(index.Directory);
            var segment = new Segment(path, number, file);
            index.AddSegment(segment);
            return segment;
        }
    }

    /// <summary>Cuts off what was not acknowledged. After a failed sync the file is not appended to again: what the kernel still holds of it is unknown.</summary>
    private void CutOff(Segment segment, bool syncFailed)
    {
        try
        {
            RandomAccess.SetLength(segment.File, segment.Length);
            if (syncFailed) _segment = null;
            if (segment.DocumentCount > 0) return;
            _segment = null;
            lock (index.Files)
            {
                if (index.RemoveSegment(segment)) File.Delete(segment.Path);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            _segment = null;
            log.LogWarning("the unacknowledged end of {Path} could not be cut off; it may come back after a restart: {Reason}", segment.Path, e.Message);
        }
        finally
        {
            segment.Release();
        }
    }

    private void Seal(Segment segment)
    {
        segment.Retain();
        try
        {
            lock (index.Files)
            {
                if (!index.IsDeleted) SealOrMerge(segment);
            }

            _segment = null;
            _compactor.Consider();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            log.LogWarning("{Path} stays unsealed for now: {Reason}", segment.Path, e.Message);
        }
        finally
        {
            segment.Release();
        }
    }

    private void SealOrMerge(Segment segment)
    {
        List<Segment> sources = MergeWith(segment);
        bool isSmall = segment.Blocks.Length > 1 && segment.RawBytes / segment.Blocks.Length < SmallBlockBytes;
        if ((sources.Count > 1 || isSmall) && SegmentMerger.Merge(sources, index.Replaced.ContainsKey, files) is { } merged)
        {
            index.Replace(sources, merged);
            foreach (Segment source in sources.Skip(1)) File.Delete(source.Path);
            return;
        }

        index.Seal(segment, files);
    }

    /// <summary>The segment, after those just before it that are small beside it: each document is rewritten a few times at most.</summary>
    private List<Segment> MergeWith(Segment segment)
    {
        var sources = new List<Segment> { segment };
        Segment[] all = index.Segments;
        (long bytes, long documents) = (segment.RawBytes, segment.DocumentCount);
        for (int i = Array.IndexOf(all, segment) - 1; i >= 0; i--)
        {
            Segment before = all[i];
            if (before.RawBytes > 2 * bytes || !sizes.HasRoomFor(bytes + before.RawBytes, documents + before.DocumentCount)) break;
            sources.Insert(0, before);
            (bytes, documents) = (bytes + before.RawBytes, documents + before.DocumentCount);
        }

        return sources;
    }
}
