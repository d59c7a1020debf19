using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;
using static LogPipeline.Tailing.Watching.DirectoryEventKind;

namespace LogPipeline.Tests.Tailing.Watching;

public sealed class DirectoryWatcherByPollingTests : DirectoryWatcherContract
{
    private readonly PollingWatcher _watcher;

    public DirectoryWatcherByPollingTests() => _watcher = new PollingWatcher(Disk.Files, Events.Take, Timeout.InfiniteTimeSpan);

    protected override IDirectoryWatcher Watcher => _watcher;

    protected override WatchOutcome Watched => WatchOutcome.Polled;

    protected override void Look() => _watcher.Poll();

    [Fact]
    public void A_file_replaced_under_its_name_is_new_and_one_that_shrank_is_modified()
    {
        Disk.Write(At("a"), "x"u8);
        Disk.Write(At("b"), "xxx"u8);
        Disk.Write(At("new"), "x"u8);
        Watcher.Add(Disk.Root);
        Disk.Rename(At("new"), At("a"));
        Disk.Truncate(At("b"), 0);
        _watcher.Poll();
        Events.WaitFor("a", Created);
        Events.WaitFor("b", Modified);
        Events.WaitFor("new", Deleted);
        Events.Clear();
        _watcher.Poll();
        Assert.Empty(Events.All);
    }

    [Fact]
    public void A_directory_that_cannot_be_read_stays_as_it_was()
    {
        var disk = new InMemoryFileSystem();
        disk.Write("/disk/a", "x"u8);
        using var watcher = new PollingWatcher(disk, Events.Take, Timeout.InfiniteTimeSpan, disk.Time);
        watcher.Add("/disk");
        disk.Fault = (_, _) => new IOException("Stale file handle");
        watcher.Poll();
        disk.Fault = (_, _) => new UnauthorizedAccessException();
        watcher.Poll();
        Assert.Empty(Events.All);
        disk.Fault = null;
        disk.Write("/disk/b", "x"u8);
        watcher.Poll();
        Assert.Equal([new DirectoryEvent("/disk", "b", Created)], Events.All);
    }

    [Fact]
    public void A_process_is_woken_only_as_long_as_there_is_something_to_poll()
    {
        var disk = new InMemoryFileSystem();
        disk.Write("/disk/a", "x"u8);
        var time = new TimersOf(disk.Time);
        using var watcher = new PollingWatcher(disk, Events.Take, TimeSpan.FromSeconds(1), time);
        Assert.Equal(Timeout.InfiniteTimeSpan, time.Period);
        watcher.Add("/disk");
        Assert.Equal(TimeSpan.FromSeconds(1), time.Period);
        watcher.Remove("/disk");
        Assert.Equal(Timeout.InfiniteTimeSpan, time.Period);
        watcher.Add("/disk");
        disk.Delete("/disk/a");
        disk.DeleteDirectory("/disk");
        watcher.Poll();
        Assert.Equal(0, watcher.Count);
        Assert.Equal(Timeout.InfiniteTimeSpan, time.Period);
    }

    [Fact]
    public void A_settled_directory_is_not_listed_again_and_its_files_are_looked_at()
    {
        var disk = new InMemoryFileSystem();
        disk.Write("/disk/a", "x"u8);
        disk.NowNanos += 3_000_000_000;
        using var watcher = new PollingWatcher(disk, Events.Take, Timeout.InfiniteTimeSpan, disk.Time);
        watcher.Add("/disk");
        disk.Append("/disk/a", "y"u8);
        watcher.Poll();
        Assert.Equal(1, disk.Calls[FileOperation.List]);
        Assert.Equal([new DirectoryEvent("/disk", "a", Modified)], Events.All);
    }

    private sealed class TimersOf(TimeProvider clock) : TimeProvider, ITimer
    {
        /// <summary>Of the only timer.</summary>
        public TimeSpan Period { get; private set; }

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Period = period;
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Period = period;
            return true;
        }

        public void Dispose()
        {
            // nothing runs
        }

        public ValueTask DisposeAsync() => default;
    }
}
