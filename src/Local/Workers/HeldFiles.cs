using LogPipeline.Tailing;

namespace LogPipeline.Local.Workers;

/// <summary>
/// The bytes on disk that all workers of a process keep there by holding deleted files open. Past the budget each worker that holds any gives its
/// oldest up. Safe from any thread.
/// </summary>
public sealed class HeldFiles(long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, long> _byWorker = [];

    /// <summary>Says what a worker holds now; true when that is too much over all workers, and it has to give its oldest file up.</summary>
    public bool Exceeds(object worker, long heldBytes)
    {
        lock (_lock)
        {
            _byWorker[worker] = heldBytes;
            return heldBytes > 0 && _byWorker.Values.Sum() > maxBytes;
        }
    }

    /// <summary>Whether a file is kept on disk only by its descriptor.</summary>
    public static bool IsHeld(TailedFile file) => file.Deleted && file.Handle is not null && !file.Finished;
}
