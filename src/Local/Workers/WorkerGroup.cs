using LogPipeline.Sources;

namespace LogPipeline.Local.Workers;

/// <summary>The workers of a process; each stream belongs to one of them for as long as the process lives.</summary>
public sealed class WorkerGroup : IStreamReaders, IDisposable
{
    private readonly WorkerThread[] _threads;

    public WorkerGroup(WorkerContext context, int count) =>
        _threads = [.. Enumerable.Range(0, count).Select(index => new WorkerThread(context, $"worker-{index}"))];

    public bool IsIdle => _threads.All(thread => thread.Worker.IsIdle);

    public IReadOnlyList<WorkerStatus> Statuses => [.. _threads.Select(thread => thread.Worker.Status)];

    /// <summary>What the workers look like now.</summary>
    public async Task<IReadOnlyList<WorkerStatus>> FreshStatusesAsync() => await Task.WhenAll(_threads.Select(thread => thread.Worker.FreshStatusAsync()));

    public void Sync(DiscoveredStream stream) => ThreadOf(stream.Key).Worker.Sync(stream);

    // One that reads files for several may hang in one of them: only where there is a single worker nobody else is held up by that.
    public void Touch(ReadOnlySpan<string> streamKeys)
    {
        if (_threads.Length == 1) _threads[0].TouchHere(streamKeys);
        else foreach (string key in streamKeys) ThreadOf(key).Touch(key);
    }

    public void StopReading()
    {
        foreach (WorkerThread thread in _threads) thread.Worker.StopReading();
    }

    public void Dispose()
    {
        foreach (WorkerThread thread in _threads) thread.Dispose();
    }

    private WorkerThread ThreadOf(string streamKey) =>
        _threads[_threads.Length == 1 ? 0 : (int)((uint)string.GetHashCode(streamKey, StringComparison.Ordinal) % (uint)_threads.Length)];
}
