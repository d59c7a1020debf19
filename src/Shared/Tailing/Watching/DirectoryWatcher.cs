namespace LogPipeline.Tailing.Watching;

/// <summary>
/// Watches by inotify where that works, and polls each second where it does not: on network file systems, and for directories that are
/// too many for the kernel's limit (<see cref="Advice"/>).
/// </summary>
public sealed class DirectoryWatcher : IDirectoryWatcher
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);
    private readonly IDirectoryWatcher? _notifier;
    private readonly PollingWatcher _poller;
    private readonly string? _noDescriptor;
    private bool _limitReached;

    /// <summary>With a notifier (null: everything is polled, for the reason given) and a poller; both are disposed with this.</summary>
    public DirectoryWatcher(IDirectoryWatcher? notifier, PollingWatcher poller, string? noNotifier = null)
    {
        _notifier = notifier;
        _poller = poller;
        _noDescriptor = noNotifier;
    }

    /// <summary>Watches by inotify, and by polling each second. Calls of <paramref name="handler"/> do not overlap.</summary>
    public static DirectoryWatcher Start(IFileSystem files, DirectoryEventHandler handler, TimeProvider? time = null)
    {
        var delivery = new Lock();
        DirectoryEventHandler deliver = events =>
        {
            lock (delivery) handler(events);
        };
        _ = InotifyWatcher.TryStart(deliver, out InotifyWatcher? inotify, out string fault);
        return new DirectoryWatcher(inotify, new PollingWatcher(files, deliver, PollInterval, time), inotify is null ? fault : null);
    }

    /// <summary>Directories that are polled now.</summary>
    public int PolledCount => _poller.Count;

    /// <summary>Why directories are polled that the kernel could watch, and which setting to raise; null when there are none.</summary>
    public string? Advice =>
        _noDescriptor is not null ? $"inotify does not work here ({_noDescriptor}): {_poller.Count} directories are polled each second"
        : _limitReached && _poller.Count > 0 ? $"fs.inotify.max_user_watches is used up: {_poller.Count} directories are polled each second; raise it, for example `sysctl fs.inotify.max_user_watches=1048576`"
        : null;

    public WatchOutcome Add(string directory)
    {
        if (_notifier is not null && !InotifyReach.IsNetworkFileSystem(directory))
        {
            WatchOutcome outcome = _notifier.Add(directory);
            if (outcome is not (WatchOutcome.LimitReached or WatchOutcome.Unavailable))
            {
                _poller.Remove(directory);
                return outcome;
            }

            _limitReached |= outcome == WatchOutcome.LimitReached;
        }

        return _poller.Add(directory);
    }

    public void Remove(string directory)
    {
        _notifier?.Remove(directory);
        _poller.Remove(directory);
    }

    public void Dispose()
    {
        _notifier?.Dispose();
        _poller.Dispose();
    }
}
