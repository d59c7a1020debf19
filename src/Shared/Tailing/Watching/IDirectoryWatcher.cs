namespace LogPipeline.Tailing.Watching;

/// <summary>
/// Tells what happens in directories (not beneath them). Events are hints: they can be lost on overflow and repeated, so that whoever
/// listens still looks at everything from time to time. All members may be called from any thread.
/// </summary>
public interface IDirectoryWatcher : IDisposable
{
    /// <summary>Watches a directory. Of a watched one it renews the watch, in case the directory was replaced. Links resolved by the caller.</summary>
    WatchOutcome Add(string directory);

    /// <summary>Ends a watch; nothing when there is none. Events already read may still come.</summary>
    void Remove(string directory);
}
