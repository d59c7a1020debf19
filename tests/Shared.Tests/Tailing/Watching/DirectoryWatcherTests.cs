using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;
using static LogPipeline.Tailing.Watching.DirectoryEventKind;

namespace LogPipeline.Tests.Tailing.Watching;

public sealed class DirectoryWatcherTests : DirectoryWatcherContract
{
    private readonly DirectoryWatcher _watcher;

    public DirectoryWatcherTests() => _watcher = DirectoryWatcher.Start(Disk.Files, Events.Take);

    protected override IDirectoryWatcher Watcher => _watcher;

    protected override WatchOutcome Watched => WatchOutcome.Notified;

    [Fact]
    public void Directories_beyond_the_kernels_limit_are_polled_with_the_setting_to_raise()
    {
        var notifier = new LimitedNotifier(1);
        using var poller = new PollingWatcher(Disk.Files, Events.Take, Timeout.InfiniteTimeSpan);
        using var watcher = new DirectoryWatcher(notifier, poller);
        Disk.CreateDirectory(At("a"));
        Disk.CreateDirectory(At("b"));
        Assert.Equal(WatchOutcome.Notified, watcher.Add(At("a")));
        Assert.Null(watcher.Advice);
        Assert.Equal(WatchOutcome.Polled, watcher.Add(At("b")));
        Assert.Contains("sysctl fs.inotify.max_user_watches=", watcher.Advice, StringComparison.Ordinal);
        Disk.Write(At("b/0.log"), "x"u8);
        poller.Poll();
        Events.WaitFor("0.log", Created);

        // A watch came free: the next renewal takes it.
        watcher.Remove(At("a"));
        Assert.Equal(WatchOutcome.Notified, watcher.Add(At("b")));
        Assert.Equal(0, watcher.PolledCount);
        Assert.Null(watcher.Advice);
    }

    [Fact]
    public void Without_inotify_everything_is_polled_and_the_reason_is_told()
    {
        using var watcher = new DirectoryWatcher(null, new PollingWatcher(Disk.Files, Events.Take, TimeSpan.FromMilliseconds(10)), "Too many open files");
        Assert.Equal(WatchOutcome.Polled, watcher.Add(Disk.Root));
        Assert.Equal("inotify does not work here (Too many open files): 1 directories are polled each second", watcher.Advice);
        Disk.Write(At("0.log"), "x"u8);
        Events.WaitFor("0.log", Created);
    }

    private sealed class LimitedNotifier(int limit) : IDirectoryWatcher
    {
        private readonly HashSet<string> _directories = [];

        public WatchOutcome Add(string directory)
        {
            if (_directories.Count >= limit && !_directories.Contains(directory)) return WatchOutcome.LimitReached;
            _directories.Add(directory);
            return WatchOutcome.Notified;
        }

        public void Remove(string directory) => _directories.Remove(directory);

        public void Dispose()
        {
        }
    }
}
