using LogPipeline.Configuration;
using LogPipeline.Sources;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Sources;

/// <summary>What the catalog finds, over the real file system and the one in memory.</summary>
public abstract class SourceCatalogContract : IDisposable
{
    private const string Id = "b9b1a4367af6bbe3da6d3422897e7c88a9c421d89ef512ae8ec6321f16d741d3";
    private const string Pod = "pods/shop_cart-1_7d81e555-4683-48dc-8922-f376acea2275";

    protected abstract ITestDisk Disk { get; }

    public void Dispose()
    {
        Disk.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_restart_of_a_container_is_one_stream_with_its_rotated_files_in_order()
    {
        Put($"{Pod}/app/0.log.20261120-155420.gz", $"{Pod}/app/0.log.20261120-155431", $"{Pod}/app/0.log", $"{Pod}/app/0.log.20261120-155440.tmp");
        DiscoveredStream stream = Assert.Single(Catalog("pods/*/*/*.log").Scan());
        Assert.Equal(At($"{Pod}/app/0.log"), stream.Key);
        Assert.Equal((SourceKind.Kubelet, LogFormat.Cri, false), (stream.Kind, stream.Format, stream.Ended));
        Assert.Equal(
            new LogOrigin { Namespace = "shop", Pod = "cart-1", PodUid = "7d81e555-4683-48dc-8922-f376acea2275", Container = "app" }, stream.Origin);
        Assert.Equal(["0.log.20261120-155420.gz", "0.log.20261120-155431", "0.log"], Names(stream));
        Assert.Equal([true, false, false], stream.Files.Select(file => file.Compressed));
        Assert.Equal([false, false, true], stream.Files.Select(file => file.Live));
    }

    [Fact]
    public void A_compressed_file_beside_its_original_is_listed_once_as_the_original()
    {
        Put($"{Pod}/app/0.log.20261120-155420.gz", $"{Pod}/app/0.log.20261120-155420", $"{Pod}/app/0.log", "plain/x.log", "plain/x.log.1", "plain/x.log.1.gz", "plain/x.log.2.gz");
        IReadOnlyList<DiscoveredStream> streams = Catalog("**/*.log").Scan();
        Assert.Equal(["0.log.20261120-155420", "0.log"], Names(streams[0]));
        Assert.Equal(["x.log.2.gz", "x.log.1", "x.log"], Names(streams[1]));
    }

    [Fact]
    public void An_earlier_restart_has_ended_and_may_have_only_rotated_files()
    {
        Put($"{Pod}/app/3.log.20261120-155420", $"{Pod}/app/4.log");
        IReadOnlyList<DiscoveredStream> streams = Catalog("pods/*/*/*.log").Scan();
        Assert.Equal([At($"{Pod}/app/3.log"), At($"{Pod}/app/4.log")], streams.Select(stream => stream.Key));
        Assert.Equal([true, false], streams.Select(stream => stream.Ended));
        Assert.Equal([3, 4], streams.Select(stream => stream.Origin.Restart));
        Assert.Equal(["3.log.20261120-155420"], Names(streams[0]));
    }

    [Fact]
    public void Links_in_the_containers_directory_lead_to_the_same_streams()
    {
        Put($"{Pod}/app/0.log.20261120-155420", $"{Pod}/app/0.log");
        Disk.CreateDirectory(At("containers"));
        Disk.Symlink(At($"containers/cart-1_shop_app-{Id}.log"), At($"{Pod}/app/0.log"));
        foreach (string[] globs in (string[][])[["containers/*.log"], ["containers/*.log", "pods/*/*/*.log"], ["**/*.log"]])
        {
            DiscoveredStream stream = Assert.Single(Catalog(globs).Scan());
            Assert.Equal(At($"{Pod}/app/0.log"), stream.Key);
            Assert.Equal(SourceKind.Kubelet, stream.Kind);
            Assert.Equal(["0.log.20261120-155420", "0.log"], Names(stream));
        }
    }

    [Fact]
    public void A_kubelet_name_that_links_to_a_docker_file_has_the_pods_origin_and_dockers_format()
    {
        Put($"docker/{Id}/{Id}-json.log", $"docker/{Id}/{Id}-json.log.1");
        Disk.CreateDirectory(At($"{Pod}/app"));
        Disk.Symlink(At($"{Pod}/app/0.log"), At($"docker/{Id}/{Id}-json.log"));
        SourceCatalog catalog = Catalog("docker/*/*-json.log", "pods/*/*/*.log");
        DiscoveredStream stream = Assert.Single(catalog.Scan());
        Assert.Equal((SourceKind.Kubelet, LogFormat.Docker), (stream.Kind, stream.Format));
        Assert.Equal(("cart-1", Id), (stream.Origin.Pod, stream.Origin.ContainerId));
        Assert.Equal(2, stream.Files.Count);
        Assert.False(stream.Ended);
        Disk.Symlink(At($"{Pod}/app/1.log"), At("docker/nothing-yet"));
        Assert.True(Assert.Single(catalog.Scan([At($"{Pod}/app")]).Streams).Ended);
    }

    [Fact]
    public void Docker_numbers_grow_with_age()
    {
        Put($"docker/{Id}/{Id}-json.log", $"docker/{Id}/{Id}-json.log.1", $"docker/{Id}/{Id}-json.log.2.gz", $"docker/{Id}/{Id}-json.log.10.gz", $"docker/{Id}/config.v2.json");
        DiscoveredStream stream = Assert.Single(Catalog("docker/*/*-json.log").Scan());
        Assert.Equal((SourceKind.Docker, LogFormat.Docker, Id), (stream.Kind, stream.Format, stream.Origin.ContainerId));
        Assert.Equal([$"{Id}-json.log.10.gz", $"{Id}-json.log.2.gz", $"{Id}-json.log.1", $"{Id}-json.log"], Names(stream));
    }

    [Fact]
    public void Rotated_siblings_are_found_whatever_the_glob_says()
    {
        Put("x/app.log", "x/app.log.1", "x/app.log.2.gz", "y/web.log", "y/web-20261119.log", "y/web.log-20261118.gz", "z/old.log.1", "z/other.txt");
        IReadOnlyList<DiscoveredStream> streams = Catalog("*/app.log", "*/web.log", "z/old.log").Scan();
        Assert.Equal(["app.log.2.gz", "app.log.1", "app.log"], Names(streams[0]));
        Assert.Equal(["web.log-20261118.gz", "web-20261119.log", "web.log"], Names(streams[1]));
        Assert.Equal((At("z/old.log"), "old.log.1"), (streams[2].Key, Assert.Single(Names(streams[2]))));
    }

    [Fact]
    public void A_rotated_sibling_that_the_glob_matches_is_no_stream_of_its_own_while_its_live_file_is_known()
    {
        Put("x/app.log", "x/app.log.1", "x/worker.3");
        SourceCatalog catalog = Catalog("x/*");
        Assert.Equal(["app.log", "worker.3"], catalog.Scan().Select(stream => Path.GetFileName(stream.Key)));
        // The moment between logrotate's rename and the new file.
        Disk.Delete(At("x/app.log.1"));
        Disk.Rename(At("x/app.log"), At("x/app.log.1"));
        DiscoveredStream stream = Assert.Single(catalog.Scan([At("x")]).Streams);
        Assert.Equal(At("x/app.log"), stream.Key);
        Assert.Equal(["app.log.1"], Names(stream));
        Put("x/app.log");
        Assert.Equal(["app.log.1", "app.log"], Names(Assert.Single(catalog.Scan([At("x")]).Streams)));
    }

    [Fact]
    public void Dated_names_without_a_live_file_are_live_files_themselves()
    {
        Put("x/log-20261119.txt", "x/log-20261120.txt");
        IReadOnlyList<DiscoveredStream> streams = Catalog("x/log*.txt").Scan();
        Assert.Equal(2, streams.Count);
        Assert.All(streams, stream => Assert.True(Assert.Single(stream.Files).Live));
    }

    [Fact]
    public void Numbers_and_stamps_side_by_side_are_ordered_by_time()
    {
        Put("x/app.log", "x/app.log.1", "x/app.log-20261118", "x/app.log.2");
        Disk.SetModified(At("x/app.log.2"), new DateTimeOffset(2026, 11, 17, 0, 0, 0, TimeSpan.Zero));
        Disk.SetModified(At("x/app.log-20261118"), new DateTimeOffset(2026, 11, 18, 0, 0, 0, TimeSpan.Zero));
        Disk.SetModified(At("x/app.log.1"), new DateTimeOffset(2026, 11, 19, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(["app.log.2", "app.log-20261118", "app.log.1", "app.log"], Names(Assert.Single(Catalog("x/*.log").Scan())));
    }

    [Fact]
    public void A_file_with_many_names_is_in_one_stream()
    {
        Put("b/app.log", $"{Pod}/app/0.log");
        Disk.CreateDirectory(At("a"));
        Disk.HardLink(At("a/hard.log"), At("b/app.log"));
        Disk.HardLink(At("a/pod.log"), At($"{Pod}/app/0.log"));
        Disk.Symlink(At("a/soft.log"), At("b/app.log"));
        SourceCatalog catalog = Catalog("a/*.log", "b/*.log", "pods/*/*/*.log");
        Assert.Equal([At($"{Pod}/app/0.log"), At("a/hard.log")], catalog.Scan().Select(stream => stream.Key));
        // The owner leaves: the next name takes over.
        Disk.Delete(At("a/hard.log"));
        CatalogChanges changes = catalog.Scan([At("a")]);
        Assert.Equal(At("b/app.log"), Assert.Single(changes.Streams).Key);
        Assert.Equal(At("a/hard.log"), Assert.Single(changes.Gone));
    }

    [Fact]
    public void Excludes_leave_out_files_directories_and_rotated_siblings()
    {
        Put("x/a.log", "x/b.log", "x/a.log.1", "x/a.log.2.gz", "x/deep/c.log", "x/deep/d/e.log");
        var options = new SourceOptions { Path = At("x/**/*.log"), Exclude = [At("x/b*"), At("x/deep"), At("**/*.gz")] };
        DiscoveredStream stream = Assert.Single(new SourceCatalog([options], Disk.Files, []).Scan());
        Assert.Equal(["a.log.1", "a.log"], Names(stream));
    }

    [Fact]
    public void A_given_format_wins_and_the_kubelets_identity_stays()
    {
        Put($"{Pod}/app/0.log", "x/a.log");
        SourceOptions[] sources = [new() { Path = At("pods/*/*/*.log"), Format = "plain" }, new() { Path = At("x/*"), Format = "cri" }, new() { Path = At("**/*.log") }];
        IReadOnlyList<DiscoveredStream> streams = new SourceCatalog(sources, Disk.Files, []).Scan();
        Assert.Equal([LogFormat.Plain, LogFormat.Cri], streams.Select(stream => stream.Format));
        Assert.Equal("cart-1", streams[0].Origin.Pod);
        Assert.Throws<ArgumentException>(() => new SourceCatalog([new() { Path = "/x", Format = "xml" }], Disk.Files, []));
        Assert.Throws<ArgumentException>(() => new SourceCatalog([new() { Path = "x/*.log" }], Disk.Files, []));
    }

    [Fact]
    public void Own_files_are_left_out_by_any_path_that_leads_to_them()
    {
        Put("state/journal.log", "own.log", "own.log.1", "x/a.log");
        Disk.Symlink(At("alias"), At("state"));
        Disk.Symlink(At("x/journal.log"), At("state/journal.log"));
        string[] own = [At("alias"), At("own.log")];
        Assert.Equal([At("x/a.log")], new SourceCatalog([new() { Path = At("**/*.log") }], Disk.Files, own).Scan().Select(stream => stream.Key));
        Assert.Equal(3, Catalog("**/*.log").Scan().Count);
    }

    [Fact]
    public void Loops_and_dangling_links_lead_nowhere_and_a_target_that_appears_is_found()
    {
        Put("x/a.log");
        Disk.Symlink(At("x/up"), At("x"));
        Disk.Symlink(At("x/self.log"), At("x/self.log"));
        Disk.Symlink(At("x/later.log"), At("y/target.txt"));
        SourceCatalog catalog = Catalog("x/**/*.log", "x/*/*/*.log");
        Assert.Equal([At("x/a.log")], catalog.Scan().Select(stream => stream.Key));
        Put("y/target.txt", "y/target.txt.1");
        DiscoveredStream stream = Assert.Single(Pass(catalog).Streams);
        Assert.Equal(At("y/target.txt"), stream.Key);
        Assert.Equal(["target.txt.1", "target.txt"], Names(stream));
        Assert.Contains(At("y"), catalog.Directories);
    }

    [Fact]
    public void A_link_that_is_turned_to_another_file_leaves_the_first()
    {
        Put("y/app-1.txt", "y/app-2.txt");
        Disk.CreateDirectory(At("x"));
        Disk.Symlink(At("x/current.log"), At("y/app-1.txt"));
        SourceCatalog catalog = Catalog("x/*.log");
        Assert.Equal(At("y/app-1.txt"), Assert.Single(catalog.Scan()).Key);
        Disk.Delete(At("x/current.log"));
        Disk.Symlink(At("x/current.log"), At("y/app-2.txt"));
        CatalogChanges changes = catalog.Scan([At("x")]);
        Assert.Equal(At("y/app-2.txt"), Assert.Single(changes.Streams).Key);
        Assert.Equal([At("y/app-1.txt")], changes.Gone);
        Disk.Delete(At("x/current.log"));
        Assert.Equal([At("y/app-2.txt")], catalog.Scan([At("x")]).Gone);
        Assert.DoesNotContain(At("y"), catalog.Directories);
    }

    [Fact]
    public void A_linked_file_goes_to_a_better_source_when_a_way_of_that_one_appears()
    {
        Put("y/t.txt", "x/other.txt");
        Disk.CreateDirectory(At("top"));
        Disk.Symlink(At("x/s.log"), At("y/t.txt"));
        SourceOptions[] sources = [new() { Path = At("top/*/*.log"), Format = "cri" }, new() { Path = At("x/*.log") }];
        var catalog = new SourceCatalog(sources, Disk.Files, []);
        Assert.Equal(LogFormat.Plain, Assert.Single(catalog.Scan()).Format);
        Disk.Symlink(At("top/way"), At("x"));
        Assert.Equal(LogFormat.Cri, Assert.Single(catalog.Scan([At("top")]).Streams).Format);
        Disk.Delete(At("top/way"));
        Assert.Equal(LogFormat.Plain, Assert.Single(catalog.Scan([At("top")]).Streams).Format);
    }

    [Fact]
    public void A_directory_in_a_loop_of_links_is_left_with_all_that_its_links_led_to()
    {
        Put("a/deep/x.txt", "b/1.log");
        Disk.Symlink(At("a/deep/again"), At("a/deep"));
        Disk.Symlink(At("a/deep/to-b"), At("b"));
        SourceCatalog catalog = Catalog("*/deep/*/1.log");
        Assert.Equal(At("b/1.log"), Assert.Single(catalog.Scan()).Key);
        Disk.DeleteDirectory(At("a"));
        Assert.Equal([At("b/1.log")], catalog.Scan([Disk.Root]).Gone);
        Assert.Equal([Disk.Root, At("b")], catalog.Directories.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_name_that_ends_in_tmp_is_never_read()
    {
        Put("x/app.log", "x/app.log.1.tmp", $"{Pod}/app/0.log.20261120-155410.tmp");
        Assert.Equal([At("x/app.log")], Catalog("**/*").Scan().Select(stream => stream.Key));
    }

    [Fact]
    public void A_linked_root_is_walked_by_its_resolved_path()
    {
        Put($"data/{Pod}/app/0.log");
        Disk.Symlink(At("log"), At("data"));
        SourceCatalog catalog = Catalog("log/pods/*/*/*.log");
        Assert.Equal(At($"data/{Pod}/app/0.log"), Assert.Single(catalog.Scan()).Key);
        Assert.Contains(At("data/pods"), catalog.Directories);
    }

    [Fact]
    public void An_awaited_directory_is_found_step_by_step_as_it_appears()
    {
        SourceCatalog catalog = Catalog("var/log/pods/*/*/*.log");
        Assert.Empty(catalog.Scan());
        Assert.Equal([Disk.Root], catalog.Directories);
        Disk.CreateDirectory(At("var/log"));
        Assert.True(catalog.Scan([Disk.Root]).IsEmpty);
        Assert.Equal([At("var/log")], catalog.Directories);
        Put($"var/log/{Pod}/app/0.log");
        Assert.Equal(At($"var/log/{Pod}/app/0.log"), Assert.Single(catalog.Scan([At("var/log")]).Streams).Key);
        Assert.Equal([At("var/log/pods"), At($"var/log/{Pod}"), At($"var/log/{Pod}/app")], catalog.Directories.Order(StringComparer.Ordinal));
        Disk.DeleteDirectory(At("var"));
        Assert.Equal([At($"var/log/{Pod}/app/0.log")], catalog.Scan([At("var/log/pods")]).Gone);
        Assert.Equal([Disk.Root], catalog.Directories);
    }

    [Fact]
    public void A_slice_finds_growth_new_files_and_deletions_within_one_pass()
    {
        Put("x/a/1.log", "x/b/2.log", "x/c/3.log");
        SourceCatalog catalog = Catalog("x/*/*.log");
        catalog.Scan();
        Assert.True(Pass(catalog).IsEmpty);
        Disk.Append(At("x/a/1.log"), "more"u8);
        Put("x/b/new.log", "x/d/4.log");
        Disk.Delete(At("x/c/3.log"));
        CatalogChanges changes = Pass(catalog);
        Assert.Equal(["1.log", "4.log", "new.log"], changes.Streams.Select(stream => Path.GetFileName(stream.Key)).Order(StringComparer.Ordinal));
        Assert.Equal(5, changes.Streams.Single(stream => stream.Key.EndsWith("1.log", StringComparison.Ordinal)).Files[0].SizeBytes);
        Assert.Equal([At("x/c/3.log")], changes.Gone);
        Assert.Equal(4, catalog.FileCount);
    }

    [Fact]
    public void A_scan_that_finds_nothing_new_changes_nothing()
    {
        Put($"{Pod}/app/0.log", "x/a.log", "x/a.log.1");
        SourceCatalog catalog = Catalog("**/*.log");
        IReadOnlyList<DiscoveredStream> first = catalog.Scan();
        Assert.True(catalog.Scan(catalog.Directories).IsEmpty);
        Assert.All(first.Zip(catalog.Scan()), pair => Assert.Same(pair.First, pair.Second));
        Assert.True(catalog.Scan(["/not/there"]).IsEmpty);
    }

    [Fact]
    public void A_directory_that_is_replaced_is_read_anew()
    {
        Put("x/a/1.log");
        SourceCatalog catalog = Catalog("x/*/*.log");
        catalog.Scan();
        Disk.Rename(At("x/a"), At("away"));
        Put("x/a/2.log");
        CatalogChanges changes = catalog.Scan([At("x/a")]);
        Assert.Equal(At("x/a/2.log"), Assert.Single(changes.Streams).Key);
        Assert.Equal([At("x/a/1.log")], changes.Gone);
    }

    protected string At(string name) => Path.Join(Disk.Root, name);

    protected void Put(params string[] names)
    {
        foreach (string name in names) Disk.Write(At(name), "x"u8);
    }

    protected virtual SourceCatalog Catalog(params string[] globs) => new([.. globs.Select(glob => new SourceOptions { Path = At(glob) })], Disk.Files, []);

    /// <summary>A whole pass in slices, and the changes of them all.</summary>
    protected static CatalogChanges Pass(SourceCatalog catalog)
    {
        var streams = new List<DiscoveredStream>();
        var gone = new List<string>();
        for (int i = 0; i < 22; i++)
        {
            CatalogChanges changes = catalog.ScanSlice(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
            streams.AddRange(changes.Streams);
            gone.AddRange(changes.Gone);
        }

        return new CatalogChanges(streams, gone);
    }

    protected static IEnumerable<string> Names(DiscoveredStream stream) => stream.Files.Select(file => Path.GetFileName(file.Path));
}
