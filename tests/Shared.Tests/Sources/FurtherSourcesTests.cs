using System.Collections.Concurrent;
using LogPipeline.Configuration;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Indexing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Sources;

/// <summary>Sources that come and go while the process runs, over a real file system.</summary>
public sealed class FurtherSourcesTests : IDisposable, IFurtherSources, IStreamReaders
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly RealDisk _disk = new();
    private readonly BlockingCollection<DiscoveredStream> _told = [];

    public IReadOnlyList<SourceOptions>? Current { get; private set; }

    public void Dispose()
    {
        _disk.Dispose();
        _told.Dispose();
    }

    void IStreamReaders.Sync(DiscoveredStream stream) => _told.Add(stream);

    void IStreamReaders.Touch(ReadOnlySpan<string> streamKeys)
    {
        // nobody reads here
    }

    [Fact]
    public void Files_of_a_source_are_told_from_when_it_is_there_with_their_rotated_siblings_until_it_is_not()
    {
        SourceCatalog catalog = new([new SourceOptions { Path = At("*.log") }], _disk.Files, []);
        Put("a.log", "sub/b.txt", "sub/b.txt.1", "sub/c.txt");
        catalog.Scan();
        CatalogChanges changes = catalog.Use([Plain("sub/b.txt"), Plain("later/d.txt"), Plain("a.log")]);
        DiscoveredStream stream = Assert.Single(changes.Streams);
        Assert.Equal((At("sub/b.txt"), LogFormat.Plain, 2), (stream.Key, stream.Format, stream.Files.Count));
        Assert.Contains(_disk.Root, catalog.Directories); // where the other's directory is awaited
        Put("later/d.txt");
        Assert.Equal(At("later/d.txt"), Assert.Single(catalog.Scan([_disk.Root]).Streams).Key);
        // What is left out is gone; what a configured source matches stays.
        Assert.Equal([At("sub/b.txt")], catalog.Use([Plain("later/d.txt")]).Gone);
        Assert.Equal([At("later/d.txt")], catalog.Use([]).Gone);
        Assert.Equal([At("a.log")], catalog.Scan().Select(left => left.Key));
        Assert.Equal([_disk.Root], catalog.Directories);
    }

    [Fact]
    public void What_an_earlier_run_left_in_a_volume_is_given_up_only_when_the_sources_are_known()
    {
        string volume = At("pods/u1/volumes/kubernetes.io~empty-dir/logs"), kept = $"{volume}/kept.txt", gone = $"{volume}/gone.txt", elsewhere = At("gone.log");
        Directory.CreateDirectory(volume);
        _disk.Write(kept, "line\n"u8);
        using CheckpointJournal journal = CheckpointJournal.Open(new InMemoryStateStorage(new Random(1)), CheckpointJournalModel.SmallOptions, out _);
        var ledger = new PositionLedger(journal, TimeProvider.System);
        foreach (string path in (string[])[kept, gone, elsewhere]) ledger.Register(LeftBehind(path));
        using var monitor = new SourceMonitor(new PipelineOptions { Sources = [Plain("*.log")] }, _disk.Files, this, [], new RecordingLog(), TimeProvider.System, this);
        monitor.Start(ledger);
        Assert.Equal((elsewhere, 0), Told());
        Current = [new SourceOptions { Path = $"{volume}/*.txt", Format = "plain" }];
        Assert.Equal([(gone, 0), (kept, 1)], ((string, int)[])[.. new[] { Told(), Told() }.Order()]);
        // Withdrawn: as if it were deleted.
        Current = [];
        Assert.Equal((kept, 0), Told());
    }

    private (string Key, int Files) Told() => _told.TryTake(out DiscoveredStream? stream, Patience) ? (stream.Key, stream.Files.Count) : ("nothing", 0);

    private static FileCheckpoint LeftBehind(string path)
    {
        var file = new FileCheckpoint { Id = new FileId((UInt128)path.Length), StreamKey = path, Path = path, Ordinal = 1, Kind = SourceKind.Plain, Fingerprint = default };
        file.Pins.Add(new Pin { FromOffsetBytes = 0, Format = LogFormat.Plain, Tenant = "t", IndexTemplate = "logs-t-{day}", JoiningRule = "", Parser = "auto", Day = 0, Path = path, ResourceJson = "" });
        return file;
    }

    private string At(string name) => Path.Join(_disk.Root, name);

    private SourceOptions Plain(string path) => new() { Path = At(path), Format = "plain" };

    private void Put(params string[] names)
    {
        foreach (string name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
            _disk.Write(At(name), "x"u8);
        }
    }
}
