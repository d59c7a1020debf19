using LogPipeline.Local.Store.Files;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Local.Store.Indices;

/// <summary>
/// Keeps an index's segments few, beside its writer: makes larger ones of those that <see cref="SegmentSizes"/> chooses, and puts them
/// in their places. Runs on a thread of its own while there is something to do. Thread-safe.
/// </summary>
internal sealed class IndexCompactor(StoreIndex index, StoreFiles files, SegmentSizes sizes, ILogger log) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>To be called when a segment was sealed.</summary>
    public void Consider()
    {
        lock (_lock)
        {
            if (!_running.IsCompleted || _stopping.IsCancellationRequested || sizes.ChooseForCompaction(index.Segments).Length == 0) return;
            _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Waits until nothing is left to do.</summary>
    public Task Idle
    {
        get
        {
            lock (_lock) return _running;
        }
    }

    /// <summary>Gives up what is being done; nothing is changed by that.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Idle.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            while (CompactNext())
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The store is being closed.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            log.LogWarning("Segments of {Index} stay apart for now, so that looking an id up is slower: {Reason}", index.Name, e.Message);
        }
        catch (Exception e)
        {
            // The segments are as they were: nothing that is stored, and not the store's end, depends on this.
            log.LogError(e, "Segments of {Index} stay apart because of a fault of the store", index.Name);
        }
    }

    private bool CompactNext()
    {
        using IndexSnapshot snapshot = index.Snapshot();
        Segment[] sources = sizes.ChooseForCompaction(snapshot.Segments);
        if (sources.Length == 0) return false;
        if (Begin(sources) is not { } compaction) return false;
        using (compaction)
        {
            return !compaction.TryWrite(_stopping.Token) || TryReplace(sources, compaction);
        }
    }

    private SegmentCompaction? Begin(Segment[] sources)
    {
        lock (index.Files) return index.IsDeleted ? null : new SegmentCompaction(sources, files);
    }

    /// <summary>False when a source is no longer there: it was deleted, or merged by the writer.</summary>
    private bool TryReplace(Segment[] sources, SegmentCompaction compaction)
    {
        lock (index.Files)
        {
            ReadOnlySpan<Segment> all = index.Segments;
            int first = all.IndexOf(sources[0]);
            if (first < 0 || !all[first..].StartsWith(sources)) return false;
            index.Replace(sources, compaction.MoveInPlace());
            foreach (Segment source in sources.Skip(1)) File.Delete(source.Path);
            return true;
        }
    }
}
