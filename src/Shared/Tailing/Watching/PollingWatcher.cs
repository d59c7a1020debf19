using System.Runtime.InteropServices;

namespace LogPipeline.Tailing.Watching;

/// <summary>
/// Compares directories and the status of their files with what they were, each second: for file systems whose changes the kernel does
/// not tell (NFS and other network file systems) and when its watches are used up. What changed and changed back between two looks is not seen.
/// </summary>
public sealed class PollingWatcher : IDirectoryWatcher
{
    private readonly Lock _gate = new();

    /// <summary>Held from a look to the end of its delivery, so that batches come in order; taken before <see cref="_gate"/>.</summary>
    private readonly Lock _turn = new();
    private readonly Dictionary<string, PolledDirectory> _directories = new(StringComparer.Ordinal);
    private readonly IFileSystem _files;
    private readonly DirectoryEventHandler _handler;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;

    /// <summary>Runs as long as there are directories: a process that polls nothing is not woken for it.</summary>
    private readonly ITimer _timer;
    private bool _disposed;

    /// <param name="interval">Between two looks; <see cref="Timeout.InfiniteTimeSpan"/> when the caller calls <see cref="Poll"/> itself.</param>
    public PollingWatcher(IFileSystem files, DirectoryEventHandler handler, TimeSpan interval, TimeProvider? time = null)
    {
        (_files, _handler, _time, _interval) = (files, handler, time ?? TimeProvider.System, interval);
        _timer = _time.CreateTimer(_ => Poll(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Directories that are polled now.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _directories.Count;
        }
    }

    public WatchOutcome Add(string directory)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_directories.ContainsKey(directory)) return WatchOutcome.Polled;
            var polled = new PolledDirectory(directory, _files, _time);
            try
            {
                if (!polled.Look([])) return WatchOutcome.Missing;
            }
            catch (UnauthorizedAccessException)
            {
                return WatchOutcome.Refused;
            }
            catch (IOException)
            {
                // The next poll looks first: who adds a directory lists it afterwards.
            }

            _directories.Add(directory, polled);
            if (_directories.Count == 1) _timer.Change(_interval, _interval);
            return WatchOutcome.Polled;
        }
    }

    public void Remove(string directory)
    {
        lock (_gate) Forget(directory);
    }

    /// <summary>Looks at every directory now; what differs goes to the handler before this returns. A directory that cannot be read stays as it was.</summary>
    public void Poll()
    {
        lock (_turn)
        {
            List<DirectoryEvent> events = Differences();
            if (events.Count > 0) _handler(CollectionsMarshal.AsSpan(events));
        }
    }

    /// <summary>Returns when no event comes afterwards.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_turn)
            lock (_gate) _disposed = true;
    }

    private void Forget(string directory)
    {
        if (_directories.Remove(directory) && _directories.Count == 0 && !_disposed) _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private List<DirectoryEvent> Differences()
    {
        var events = new List<DirectoryEvent>();
        lock (_gate)
        {
            if (_disposed) return events;
            foreach (PolledDirectory directory in _directories.Values.ToArray())
            {
                try
                {
                    if (directory.Look(events)) continue;
                    Forget(directory.Path);
                    events.Add(new DirectoryEvent(directory.Path, "", DirectoryEventKind.DirectoryGone));
                }
                catch (UnauthorizedAccessException)
                {
                    // Nothing is known to have changed.
                }
                catch (IOException)
                {
                    // As above.
                }
            }
        }

        return events;
    }
}
