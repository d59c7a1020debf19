using LogPipeline.Configuration;
using LogPipeline.Sources;
using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Sources;

public sealed class SourceCatalogOnDiskTests : SourceCatalogContract
{
    protected override ITestDisk Disk { get; } = new RealDisk();
}

public sealed class SourceCatalogTests : SourceCatalogContract
{
    private readonly InMemoryFileSystem _disk = new();

    protected override ITestDisk Disk => _disk;

    protected override SourceCatalog Catalog(params string[] globs) => Catalog(null, globs);

    [Fact]
    public void Unreadable_files_are_named_once_with_the_group_that_would_help_and_come_back()
    {
        _disk.Write("/etc/group", "root:x:0:\nadm:x:4:syslog\n"u8);
        _disk.Write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"u8);
        Put("x/group.log", "x/owner.log", "x/open.log", "closed/in.log", "dark/in.log");
        Protect("x/group.log", 0x1A0, group: 4);
        Protect("x/owner.log", 0x180, group: 0);
        Protect("closed", 0x1E8, group: 4);
        Protect("dark", 0x1C4, group: 77);
        SourceCatalog catalog = Catalog("*/*.log", "closed/*.log");
        Assert.Equal([At("x/open.log")], catalog.Scan().Select(stream => stream.Key));
        Assert.Equal(
            [
                new(At("closed"), "readable by group adm: add this user to it, or run with CAP_DAC_READ_SEARCH"),
                new(At("dark/in.log"), $"its directory {At("dark")} is entered by its owner root only: run as that user, or run with CAP_DAC_READ_SEARCH"),
                new(At("x/group.log"), "readable by group adm: add this user to it, or run with CAP_DAC_READ_SEARCH"),
                new(At("x/owner.log"), "readable by its owner root only: run as that user, or run with CAP_DAC_READ_SEARCH"),
            ],
            catalog.TakeUnreadable().OrderBy(file => file.Path, StringComparer.Ordinal));
        catalog.Scan();
        Pass(catalog);
        Assert.Empty(catalog.TakeUnreadable());
        Assert.Equal(4, catalog.Unreadable.Count);

        _disk.SetMode(At("x/group.log"), 0x1A4);
        _disk.SetMode(At("closed"), 0x1ED);
        _disk.SetMode(At("dark"), 0x1ED);
        Assert.Equal(["closed/in.log", "dark/in.log", "x/group.log"], Pass(catalog).Streams.Select(stream => stream.Key[(_disk.Root.Length + 1)..]).Order(StringComparer.Ordinal));
        Assert.Equal(At("x/owner.log"), Assert.Single(catalog.Unreadable).Path);
        _disk.Delete(At("x/owner.log"));
        Pass(catalog);
        Assert.Empty(catalog.Unreadable);
        Assert.Equal(0, _disk.OpenHandles);
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_named_once_and_not_read()
    {
        Put("x/bad\uFFFD.log", "x/good.log");
        _disk.Fault = (operation, path) => operation != FileOperation.List && path.Contains('\uFFFD', StringComparison.Ordinal) ? new FileNotFoundException(path) : null;
        SourceCatalog catalog = Catalog(new NowhereForReplacements(_disk), "x/*.log");
        Assert.Equal([At("x/good.log")], catalog.Scan().Select(stream => stream.Key));
        catalog.Scan();
        Assert.Equal("its name is not valid UTF-8: rename it to have it read", Assert.Single(catalog.TakeUnreadable()).Hint);
    }

    [Theory]
    [InlineData("x/app.log", true)]
    [InlineData("x/app.log.1", true)]
    [InlineData("x/app.log", false)]
    [InlineData("x/app.log.1", false)]
    public void A_file_that_is_renamed_while_its_directory_is_read_is_there_once(string lookedAt, bool isFirstLook)
    {
        Put("x/app.log", "x/app.log.1");
        SourceCatalog catalog = Catalog("x/*.log");
        if (!isFirstLook) catalog.Scan();
        bool renamed = false;
        _disk.Fault = (operation, path) =>
        {
            if (operation != FileOperation.Stat || path != At(lookedAt) || renamed) return null;
            renamed = true;
            _disk.Rename(At("x/app.log.1"), At("x/app.log.2"));
            _disk.Rename(At("x/app.log"), At("x/app.log.1"));
            return null;
        };

        DiscoveredStream stream = Assert.Single(catalog.Scan());

        Assert.True(renamed);
        Assert.Equal([At("x/app.log.2"), At("x/app.log.1")], stream.Files.Select(file => file.Path));
        Assert.Equal(2, stream.Files.Select(file => file.Inode).Distinct().Count());
    }

    [Fact]
    public void A_directory_that_never_comes_to_rest_is_taken_as_it_was_seen_last()
    {
        Put("x/app.log");
        SourceCatalog catalog = Catalog("x/*.log");
        int renames = 0;
        _disk.Fault = (operation, _) =>
        {
            if (operation == FileOperation.List) _disk.Rename(At("x/app.log" + (renames == 0 ? "" : "." + renames)), At($"x/app.log.{++renames}"));
            return null;
        };

        Assert.Single(Assert.Single(catalog.Scan()).Files);
        Assert.InRange(renames, 2, 100);
    }

    [Theory]
    [InlineData(FileOperation.List)]
    [InlineData(FileOperation.Stat)]
    [InlineData(FileOperation.Open)]
    [InlineData(FileOperation.Resolve)]
    public void A_disk_that_fails_changes_nothing_and_is_reported(FileOperation failing)
    {
        Put("x/a.log", "x/b/c.log", "y/d.txt");
        Disk.Symlink(At("x/link.log"), At("y/d.txt"));
        SourceCatalog catalog = Catalog("x/**/*.log");
        Assert.Equal(3, catalog.Scan().Count);
        _disk.Fault = (operation, path) => operation == failing && path.StartsWith(At(""), StringComparison.Ordinal) ? new IOException("Input/output error") : null;
        Assert.Equal(3, catalog.Scan().Count);
        Assert.True(Pass(catalog).IsEmpty);
        if (failing is FileOperation.List or FileOperation.Stat) Assert.All(catalog.TakeUnreadable(), file => Assert.Contains("Input/output error", file.Hint, StringComparison.Ordinal));
        _disk.Fault = null;
        Assert.Equal(3, catalog.Scan().Count);
        Assert.Empty(catalog.Unreadable);
    }

    [Fact]
    public void A_new_file_that_cannot_be_opened_for_lack_of_descriptors_is_tried_again()
    {
        Put("x/a.log");
        SourceCatalog catalog = Catalog("x/*.log");
        _disk.Fault = (operation, _) => operation == FileOperation.Open ? new IOException("Too many open files") : null;
        Assert.Empty(catalog.Scan());
        Assert.Equal("Too many open files", Assert.Single(catalog.TakeUnreadable()).Hint);
        _disk.Fault = null;
        Assert.Equal(At("x/a.log"), Assert.Single(Pass(catalog).Streams).Key);
        Assert.Empty(catalog.Unreadable);
    }

    [Fact]
    public void A_file_that_vanishes_between_listing_and_looking_is_not_there()
    {
        Put("x/a.log", "x/b.log", "x/sub/c.log");
        _disk.Fault = (operation, path) =>
        {
            if (operation != FileOperation.Stat || path != At("x/a.log")) return null;
            _disk.Fault = null;
            _disk.Delete(At("x/a.log"));
            _disk.DeleteDirectory(At("x/sub"));
            return null;
        };
        SourceCatalog catalog = Catalog("x/**/*.log");
        Assert.Equal([At("x/b.log")], catalog.Scan().Select(stream => stream.Key));
        Assert.Empty(catalog.TakeUnreadable());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reused_inode_is_a_new_file_even_when_the_old_one_was_not_seen_to_go(bool birthTimes)
    {
        _disk.ReuseInodes = true;
        _disk.HasBirthTimes = birthTimes;
        Put("a/old.log", "b/b.log");
        SourceCatalog catalog = Catalog("*/*.log");
        catalog.Scan();
        _disk.Delete(At("a/old.log"));
        Put("b/new.log");
        CatalogChanges changes = catalog.Scan([At("b")]);
        Assert.Equal(At("b/new.log"), Assert.Single(changes.Streams).Key);
        if (!birthTimes) Assert.Equal([At("a/old.log")], changes.Gone);
    }

    [Fact]
    public void Pipes_and_directories_named_like_logs_are_never_opened()
    {
        Put("x/dir.log/inner.txt");
        _disk.CreatePipe(At("x/pipe.log"));
        Disk.Symlink(At("x/link.log"), At("x/pipe.log"));
        Assert.Empty(Catalog("x/*").Scan());
        Assert.False(_disk.Calls.ContainsKey(FileOperation.Open));
    }

    [Fact]
    public void A_settled_directory_is_not_listed_again_and_a_fresh_one_is()
    {
        Put("x/a.log");
        SourceCatalog catalog = Catalog("x/*.log");
        catalog.Scan();
        int before = _disk.Calls[FileOperation.List];
        Pass(catalog);
        Assert.True(_disk.Calls[FileOperation.List] > before);
        _disk.NowNanos += 3_000_000_000;
        Pass(catalog);
        before = _disk.Calls[FileOperation.List];
        Pass(catalog);
        Assert.Equal(before, _disk.Calls[FileOperation.List]);
        Put("x/b.log");
        Assert.Equal(At("x/b.log"), Assert.Single(Pass(catalog).Streams).Key);
    }

    [Fact]
    public void The_watcher_hears_of_a_directory_before_it_is_listed_and_when_it_goes()
    {
        var watcher = new RecordingWatcher();
        Put("x/a/1.log");
        _disk.Fault = (operation, path) =>
        {
            if (operation == FileOperation.List) Assert.Contains(path, watcher.Watched);
            return null;
        };
        var catalog = new SourceCatalog([new() { Path = At("x/*/*.log") }, new() { Path = At("missing/deep/*.log") }], _disk, [], watcher, _disk.Time);
        catalog.Scan();
        Assert.Equal([Disk.Root, At("x"), At("x/a")], watcher.Watched.Order(StringComparer.Ordinal));
        Assert.Equal(watcher.Watched.Order(StringComparer.Ordinal), catalog.Directories.Order(StringComparer.Ordinal));
        _disk.DeleteDirectory(At("x/a"));
        _disk.CreateDirectory(At("missing/deep"));
        catalog.Scan([At("x")]);
        Assert.Equal([At("missing/deep"), At("x")], watcher.Watched.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Slices_spread_a_pass_evenly_over_its_interval()
    {
        for (int i = 0; i < 99; i++) Put($"x/{i}/a.log");
        SourceCatalog catalog = Catalog("x/*/*.log");
        catalog.Scan();
        Pass(catalog);
        for (int i = 0; i < 30; i++)
        {
            int before = _disk.Calls[FileOperation.Stat];
            catalog.ScanSlice(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15));
            Assert.InRange(_disk.Calls[FileOperation.Stat] - before, 1, 10);
        }
    }

    [Fact]
    public void A_directory_that_changes_while_it_is_listed_is_listed_again_and_one_at_rest_is_not()
    {
        Put("x/a.log", "y/b.log");
        _disk.NowNanos += 60_000_000_000;
        var files = new ChangingWhileListed(_disk, At("x"), () =>
        {
            _disk.Rename(At("x/a.log"), At("x/a.log.1"));
            Put("x/a.log");
        });
        IReadOnlyList<DiscoveredStream> streams = Catalog(files, "x/*.log", "y/*.log").Scan();
        Assert.Equal([At("x/a.log.1"), At("x/a.log")], streams[0].Files.Select(file => file.Path));
        Assert.Equal(At("y/b.log"), streams[1].Key);
        Assert.Equal(1, files.Lists[At("y")]);
    }

    [Fact]
    public void Without_configuration_the_machines_own_logs_are_found()
    {
        const string pod = "/var/log/pods/kube-system_dns_a5e0b2c19d8f4a7b6c3d2e1f00112233/dns/0.log";
        foreach (string path in (string[])[pod, "/var/log/syslog", "/var/log/syslog.1", "/var/log/messages", "/var/log/nginx/access.log", "/var/log/wtmp"]) _disk.Write(path, "x"u8);
        IReadOnlyList<DiscoveredStream> streams = new SourceCatalog([], _disk, [], null, _disk.Time).Scan();
        Assert.Equal([pod, "/var/log/messages", "/var/log/nginx/access.log", "/var/log/syslog"], streams.Select(stream => stream.Key));
        Assert.Equal(SourceKind.Kubelet, streams[0].Kind);
        Assert.Equal(2, streams[3].Files.Count);
    }

    private SourceCatalog Catalog(IFileSystem? files, params string[] globs) =>
        new([.. globs.Select(glob => new SourceOptions { Path = At(glob) })], files ?? _disk, [], null, _disk.Time);

    private void Protect(string name, int mode, uint group)
    {
        _disk.SetMode(At(name), mode);
        _disk.SetOwner(At(name), 0, group);
    }

    /// <summary>As a real disk, where the decoded name is no file's.</summary>
    private sealed class NowhereForReplacements(IFileSystem files) : IFileSystem
    {
        public IReadOnlyList<DirectoryItem> List(string directory) => files.List(directory);

        public FileStatus? Stat(string path) => path.Contains('\uFFFD', StringComparison.Ordinal) ? null : files.Stat(path);

        public string? ResolvePath(string path) => files.ResolvePath(path);

        public ILogFileHandle Open(string path) => files.Open(path);
    }

    /// <summary>Counts lists; when a directory has been listed for the first time, something happens in it.</summary>
    private sealed class ChangingWhileListed(IFileSystem files, string directory, Action change) : IFileSystem
    {
        public Dictionary<string, int> Lists { get; } = [];

        public IReadOnlyList<DirectoryItem> List(string path)
        {
            IReadOnlyList<DirectoryItem> items = files.List(path);
            Lists[path] = Lists.GetValueOrDefault(path) + 1;
            if (path == directory && Lists[path] == 1) change();
            return items;
        }

        public FileStatus? Stat(string path) => files.Stat(path);

        public string? ResolvePath(string path) => files.ResolvePath(path);

        public ILogFileHandle Open(string path) => files.Open(path);
    }

    private sealed class RecordingWatcher : IDirectoryWatcher
    {
        public HashSet<string> Watched { get; } = [];

        public WatchOutcome Add(string directory)
        {
            Watched.Add(directory);
            return WatchOutcome.Notified;
        }

        public void Remove(string directory) => Watched.Remove(directory);

        public void Dispose()
        {
        }
    }
}
