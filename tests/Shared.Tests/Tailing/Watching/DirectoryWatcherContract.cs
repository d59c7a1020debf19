using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;
using static LogPipeline.Tailing.Watching.DirectoryEventKind;

namespace LogPipeline.Tests.Tailing.Watching;

/// <summary>What every <see cref="IDirectoryWatcher"/> tells, whether the kernel says it or a comparison.</summary>
public abstract class DirectoryWatcherContract : IDisposable
{
    protected RealDisk Disk { get; } = new();

    protected RecordedEvents Events { get; } = new();

    protected abstract IDirectoryWatcher Watcher { get; }

    protected abstract WatchOutcome Watched { get; }

    public void Dispose()
    {
        Watcher.Dispose();
        Disk.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_kubelet_rotation_is_told_by_name()
    {
        Disk.Write(At("0.log"), "x"u8);
        Assert.Equal(Watched, Watcher.Add(Disk.Root));
        Disk.Append(At("0.log"), "more"u8);
        Look();
        Events.WaitFor("0.log", Modified);
        Disk.Rename(At("0.log"), At("0.log.20261120-155410"));
        Look();
        Events.WaitFor("0.log.20261120-155410", MovedTo);
        Events.WaitFor("0.log", MovedFrom);
        Disk.Write(At("0.log"), ""u8);
        Look();
        Events.WaitFor("0.log", Created);
        Disk.Delete(At("0.log.20261120-155410"));
        Look();
        Events.WaitFor("0.log.20261120-155410", Deleted);
        Assert.All(Events.All, one => Assert.Equal(Disk.Root, one.Directory));
    }

    [Fact]
    public void A_new_directory_is_told_and_what_is_in_it_is_not()
    {
        Watcher.Add(Disk.Root);
        Disk.CreateDirectory(At("pod"));
        Look();
        Events.WaitFor("pod", Created);
        Events.Clear();
        Disk.Write(At("pod/0.log"), "x"u8);
        Disk.Write(At("mark"), "x"u8);
        Look();
        Events.WaitFor("mark", Created);
        Assert.DoesNotContain(Events.All, one => one.Name == "0.log");
    }

    [Fact]
    public void A_directory_that_goes_is_told_once_and_can_be_added_again()
    {
        Disk.CreateDirectory(At("pod"));
        Watcher.Add(At("pod"));
        Disk.DeleteDirectory(At("pod"));
        Look();
        Events.WaitFor(one => one == new DirectoryEvent(At("pod"), "", DirectoryGone));
        Assert.Equal(WatchOutcome.Missing, Watcher.Add(At("pod")));
        Disk.CreateDirectory(At("pod"));
        Assert.Equal(Watched, Watcher.Add(At("pod")));
        Disk.Write(At("pod/0.log"), "x"u8);
        Look();
        Events.WaitFor("0.log", Created);
        Assert.Single(Events.All, one => one.Kind == DirectoryGone);
    }

    [Fact]
    public void A_directory_moved_away_is_gone_and_not_told_of_under_its_old_path()
    {
        Disk.CreateDirectory(At("pod"));
        Watcher.Add(At("pod"));
        Disk.Rename(At("pod"), At("away"));
        Look();
        Events.WaitFor(one => one.Kind == DirectoryGone);
        Disk.CreateDirectory(At("pod"));
        Watcher.Add(At("pod"));
        Disk.Write(At("away/old.log"), "x"u8);
        Disk.Write(At("pod/new.log"), "x"u8);
        Look();
        Events.WaitFor("new.log", Created);
        Assert.DoesNotContain(Events.All, one => one.Name == "old.log");
    }

    [Fact]
    public void A_removed_directory_is_silent_and_others_go_on()
    {
        Disk.CreateDirectory(At("a"));
        Disk.CreateDirectory(At("b"));
        Watcher.Add(At("a"));
        Watcher.Add(At("b"));
        Watcher.Add(At("b"));
        Watcher.Remove(At("a"));
        Watcher.Remove(At("never"));
        Disk.Write(At("a/1.log"), "x"u8);
        Disk.Write(At("b/2.log"), "x"u8);
        Look();
        Events.WaitFor("2.log", Created);
        Assert.DoesNotContain(Events.All, one => one.Directory == At("a"));
    }

    [Fact]
    public void A_file_is_no_directory()
    {
        Disk.Write(At("0.log"), "x"u8);
        Assert.Equal(WatchOutcome.Missing, Watcher.Add(At("0.log")));
        Assert.Equal(WatchOutcome.Missing, Watcher.Add(At("nothing")));
    }

    [Fact]
    public void After_disposal_nothing_comes_and_nothing_can_be_added()
    {
        Watcher.Add(Disk.Root);
        Watcher.Dispose();
        Disk.Write(At("0.log"), "x"u8);
        Look();
        Assert.Empty(Events.All);
        Assert.Throws<ObjectDisposedException>(() => Watcher.Add(Disk.Root));
        Watcher.Remove(Disk.Root);
        Watcher.Dispose();
    }

    protected string At(string name) => Path.Join(Disk.Root, name);

    /// <summary>For watchers that look when they are told to.</summary>
    protected virtual void Look()
    {
    }
}
