using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;
using static LogPipeline.Tailing.Watching.DirectoryEventKind;

namespace LogPipeline.Tests.Tailing.Watching;

public sealed class DirectoryWatcherByInotifyTests : DirectoryWatcherContract
{
    private readonly InotifyWatcher _watcher;

    public DirectoryWatcherByInotifyTests()
    {
        Assert.True(InotifyWatcher.TryStart(Handle, out InotifyWatcher? watcher, out string fault), fault);
        _watcher = watcher;
    }

    protected override IDirectoryWatcher Watcher => _watcher;

    protected override WatchOutcome Watched => WatchOutcome.Notified;

    private ManualResetEventSlim Gate { get; } = new(initialState: true);

    private ManualResetEventSlim Waiting { get; } = new();

    [Fact]
    public void A_run_of_writes_to_one_file_is_one_event()
    {
        Disk.Write(At("0.log"), "x"u8);
        Disk.Write(At("1.log"), "x"u8);
        Watcher.Add(Disk.Root);
        Hold();
        for (int i = 0; i < 100; i++)
        {
            Disk.Append(At("0.log"), "x"u8);
            Disk.Append(At("1.log"), "x"u8);
        }

        Disk.Write(At("end"), "x"u8);
        Gate.Set();
        List<DirectoryEvent> events = Events.WaitFor("end", Created);
        // Each append opens and closes the file: the run ends with every close.
        Assert.Equal(100, events.Count(one => one is { Name: "0.log", Kind: ClosedAfterWrite }));
        Events.Clear();

        Hold();
        using (FileStream first = File.OpenWrite(At("0.log")), second = File.OpenWrite(At("1.log")))
        {
            for (int i = 0; i < 100; i++)
            {
                first.WriteByte(1);
                first.Flush();
                second.WriteByte(1);
                second.Flush();
            }

            Disk.Write(At("end2"), "x"u8);
            Gate.Set();
            events = Events.WaitFor("end2", Created);
        }

        Assert.Single(events, one => one is { Name: "0.log", Kind: Modified });
        Assert.Single(events, one => one is { Name: "1.log", Kind: Modified });
    }

    [Fact]
    public void A_queue_that_overflows_says_so_and_goes_on()
    {
        int limit = int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_queued_events"), System.Globalization.CultureInfo.InvariantCulture);
        Disk.Write(At("a"), "x"u8);
        Watcher.Add(Disk.Root);
        Hold();
        for (int i = 0; i < limit; i++)
        {
            Disk.Rename(At("a"), At("b"));
            Disk.Rename(At("b"), At("a"));
        }

        Gate.Set();
        Events.WaitFor(one => one == new DirectoryEvent("", "", Overflow));
        Disk.Write(At("after"), "x"u8);
        Events.WaitFor("after", Created);
    }

    [Fact]
    public void A_deleted_file_that_is_still_written_to_is_still_told_of()
    {
        using FileStream writer = File.Create(At("0.log"));
        Watcher.Add(Disk.Root);
        Disk.Delete(At("0.log"));
        Events.WaitFor("0.log", Deleted);
        writer.WriteByte(1);
        writer.Flush();
        Events.WaitFor("0.log", Modified);
    }

    private void Handle(ReadOnlySpan<DirectoryEvent> events)
    {
        Waiting.Set();
        Gate.Wait();
        Events.Take(events);
    }

    /// <summary>Keeps the watcher's thread in its handler, so that events gather.</summary>
    private void Hold()
    {
        Gate.Reset();
        Waiting.Reset();
        Disk.Write(At("hold"), "x"u8);
        Assert.True(Waiting.Wait(TimeSpan.FromSeconds(20)));
    }
}
