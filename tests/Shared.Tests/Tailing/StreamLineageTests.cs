using System.IO.Compression;
using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Indexing;
using LogPipeline.Tests.Ledger;

namespace LogPipeline.Tests.Tailing;

public sealed class StreamLineageTests : IDisposable
{
    private const string Live = "/disk/app/0.log", Older = Live + ".20261120-000000", Younger = Live + ".20261120-000001";

    private readonly InMemoryFileSystem _disk = new();
    private readonly VirtualTime _time = new();
    private readonly RecordingLog _log = new();
    private readonly PipelineMetrics _metrics = new();
    private readonly CheckpointJournal _journal = CheckpointJournal.Open(new InMemoryStateStorage(new Random(1)), new JournalOptions(), out _);
    private readonly LineageContext _context;

    public StreamLineageTests()
    {
        var options = new PipelineOptions();
        _context = new LineageContext
        {
            FileSystem = _disk, Ledger = new PositionLedger(_journal, _time), Pins = new ConfiguredPins(options, "host", _time), Options = options.Tailing, Rules = new JoiningRules(),
            Metrics = _metrics, Log = _log, Time = _time, Cluster = "", Host = "host", Random = () => 1,
        };
    }

    public void Dispose()
    {
        _journal.Dispose();
        _metrics.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void A_list_that_was_made_before_a_file_moved_brings_no_younger_file_before_it()
    {
        Write(Older, "older");
        Write(Live, "younger");
        DiscoveredStream before = List(Older, Live);
        using var lineage = new StreamLineage(_context, before);
        Compress(Older);

        lineage.Sync(before);
        Assert.True(lineage.IsStale);
        Assert.Empty(lineage.Files);
        Look(lineage, Older + ".gz", Live);

        Assert.Equal([Older + ".gz", Live], lineage.Files.Select(file => file.Found.Path));
        Assert.Equal(0, _log.Count(LogEvents.Gap));
    }

    [Fact]
    public void A_file_that_was_compressed_before_it_could_be_opened_is_no_gap()
    {
        Write(Live, "first");
        using var lineage = new StreamLineage(_context, List(Live));
        Look(lineage, Live);
        _disk.Rename(Live, Older);
        Write(Live, "second");
        DiscoveredStream before = List(Older, Live);
        _disk.Rename(Live, Younger);
        Compress(Younger);

        lineage.Sync(before);
        Assert.True(lineage.IsStale);
        Look(lineage, Older, Younger + ".gz");

        Assert.Equal([Older, Younger + ".gz"], lineage.Files.Select(file => file.Found.Path));
        Assert.Equal(0, _log.Count(LogEvents.Gap));
    }

    [Fact]
    public void A_compressed_file_that_is_destroyed_before_it_could_be_opened_is_a_gap()
    {
        Write(Older, "first");
        using var lineage = new StreamLineage(_context, List(Older));
        Look(lineage, Older);
        Write(Younger, "second");
        Compress(Younger);
        Write(Live, "third");
        DiscoveredStream before = List(Older, Younger + ".gz", Live);
        _disk.Delete(Younger + ".gz");

        lineage.Sync(before);
        Look(lineage, Older, Live);

        Assert.Equal([Older, Live], lineage.Files.Select(file => file.Found.Path));
        Assert.True(lineage.Files[0].Checkpoint.Gap);
    }

    [Fact]
    public void A_line_that_was_cut_at_the_end_of_a_file_goes_on_in_a_successor_that_comes_later()
    {
        Write(Live, "first");
        using var lineage = new StreamLineage(_context, List(Live));
        Look(lineage, Live);
        FileCheckpoint left = lineage.Files[0].Checkpoint;
        var cut = new LaneState(LaneState.InsideCutLine);
        left.EndBytes = _disk.Stat(Live)!.Value.SizeBytes;
        left.LanePositions[(int)SubStream.Stderr] = new(left.EndBytes, cut);
        _disk.Rename(Live, Older);
        Write(Live, "second");

        Look(lineage, Older, Live);

        Assert.Equal(new LanePosition(0, cut), lineage.Files[1].Checkpoint[SubStream.Stderr]);
        Assert.Equal(default, lineage.Files[1].Checkpoint[SubStream.Stdout]);
    }

    [Fact]
    public void A_file_whose_successor_was_destroyed_is_not_followed_by_the_one_behind_that()
    {
        Write(Older, "first");
        Write(Younger, "second");
        using (var before = new StreamLineage(_context, List(Older, Younger)))
        {
            Look(before, Older, Younger);
            Assert.True(before.IsFollowed(before.Files[0]));
        }
        _disk.Delete(Younger);
        Write(Live, "third");

        using var lineage = new StreamLineage(_context, List(Older, Live));
        Look(lineage, Older, Live);

        Assert.False(lineage.IsFollowed(lineage.Files[0]));
        Assert.True(lineage.IsFollowed(lineage.Files[1]));
    }

    [Fact]
    public void What_another_content_holds_is_not_lost_with_a_file_that_is_given_up()
    {
        DiscoveredStream Plain() => List(Live) with { Kind = SourceKind.Plain, Format = LogFormat.Plain };
        Write(Live, "line");
        using var lineage = new StreamLineage(_context, Plain());
        lineage.Sync(Plain());
        TailedFile file = lineage.Files[0];
        _disk.Truncate(Live, 0);
        _disk.Append(Live, Encoding.UTF8.GetBytes(new string('x', 1000) + "\n")); // copytruncate, and it has grown to more than before
        lineage.Sync(Plain());

        lineage.Abandon(file);
        lineage.GiveUp(file);

        Assert.Equal(0, file.Checkpoint.LostBytes);
    }

    [Fact]
    public void What_is_not_read_of_a_compressed_file_that_is_given_up_is_a_gap()
    {
        Write(Older, "older");
        Compress(Older);
        Write(Live, "younger");
        using var lineage = new StreamLineage(_context, List(Older + ".gz", Live));
        Look(lineage, Older + ".gz", Live);
        TailedFile file = lineage.Files[0];

        lineage.Abandon(file);

        Assert.True(lineage.GiveUp(file));
        Assert.True(file.Checkpoint.Gap);
    }

    [Fact]
    public void What_was_written_to_a_file_since_it_was_last_seen_is_lost_with_it()
    {
        Write(Live, "line");
        using var lineage = new StreamLineage(_context, List(Live));
        Look(lineage, Live);
        TailedFile file = lineage.Files[0];
        _disk.Append(Live, "more\n"u8);

        lineage.Abandon(file);

        Assert.True(lineage.GiveUp(file));
        Assert.Equal(_disk.Stat(Live)!.Value.SizeBytes, file.Checkpoint.LostBytes);
    }

    [Fact]
    public void A_file_is_kept_open_as_long_as_nobody_can_tell_what_would_be_lost_with_it()
    {
        Write(Live, "line");
        using var lineage = new StreamLineage(_context, List(Live));
        Look(lineage, Live);
        TailedFile file = lineage.Files[0];
        _disk.Fault = static (operation, _) => operation == FileOperation.StatHandle ? new IOException("Input/output error") : null;
        lineage.Abandon(file);
        Assert.NotNull(file.Handle);

        _disk.Fault = null;
        lineage.Abandon(file);
        Assert.Null(file.Handle);
    }

    [Fact]
    public void A_copy_is_looked_for_although_a_list_had_no_file_at_all_as_when_the_live_file_was_just_renamed()
    {
        DiscoveredStream Plain(params string[] paths) => List(paths) with { Kind = SourceKind.Plain, Format = LogFormat.Plain, ListedAt = _time.GetTimestamp() };
        Write(Live, "line");
        using var lineage = new StreamLineage(_context, Plain(Live));
        lineage.Sync(Plain(Live));
        TailedFile file = lineage.Files[0];
        _disk.Rename(Live, Live + ".1");
        _time.Advance(TimeSpan.FromSeconds(1));
        lineage.Sync(Plain());
        lineage.Abandon(file);
        _time.Advance(TimeSpan.FromSeconds(1));
        lineage.Sync(Plain());
        Assert.True(lineage.AwaitsCopy(file));

        Write(Live, "next");
        lineage.Sync(Plain(Live + ".1", Live));
        Assert.NotNull(file.Handle);
        Assert.Equal(2, lineage.Files.Count);
    }

    [Fact]
    public void A_copy_is_not_looked_for_for_ever_where_no_list_has_any_file()
    {
        Write(Live, "line");
        using var lineage = new StreamLineage(_context, List(Live));
        Look(lineage, Live);
        TailedFile file = lineage.Files[0];
        Look(lineage);
        lineage.Abandon(file);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.False(lineage.AwaitsCopy(file));
    }

    [Fact]
    public void What_an_earlier_process_may_have_sent_of_a_file_that_is_given_up_is_not_counted_as_lost()
    {
        Write(Live, "line");
        using var lineage = new StreamLineage(_context, List(Live));
        Look(lineage, Live);
        TailedFile file = lineage.Files[0];
        (file.ReplayEnd, file.SuspectedBytes, file.Checkpoint.SuspectedFromBytes) = (10, null, -1); // by the ledger's word, no suspicion

        lineage.Abandon(file);

        Assert.True(lineage.GiveUp(file));
        Assert.True(file.Checkpoint.Gap);
        Assert.Equal(_disk.Stat(Live)!.Value.SizeBytes - 10, file.Checkpoint.LostBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(120)]
    public void An_ended_stream_whose_file_cannot_be_opened_is_not_over(int seconds)
    {
        Write(Live, "line");
        _disk.Fault = static (operation, _) => operation == FileOperation.Open ? new IOException("Input/output error") : null;
        DiscoveredStream ended = List(Live) with { Ended = true };
        using var lineage = new StreamLineage(_context, ended);
        lineage.Sync(ended);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        lineage.Sync(List(Live) with { Ended = true });
        Assert.False(lineage.IsOver);

        _disk.Fault = null;
        lineage.Sync(List(Live) with { Ended = true });
        Assert.Single(lineage.Files);
    }

    private void Write(string path, string text) => _disk.Write(path, Encoding.UTF8.GetBytes($"2026-11-20T12:00:00.000000001Z stdout F {text}\n"));

    private void Look(StreamLineage lineage, params string[] paths)
    {
        lineage.Sync(List(paths));
        if (lineage.IsStale) lineage.Sync(List(paths));
    }

    private void Compress(string path)
    {
        using ILogFileHandle handle = _disk.Open(path);
        byte[] content = new byte[handle.Stat().SizeBytes];
        handle.ReadWhole(0, content);
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        _disk.Write(path + ".gz", compressed.ToArray());
        _disk.Delete(path);
    }

    // The clock moves on: no two lists are begun at the same time.
    private DiscoveredStream List(params string[] paths)
    {
        long listedAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        return new DiscoveredStream
        {
            Key = Live, Kind = SourceKind.Kubelet, Format = LogFormat.Cri, Origin = new LogOrigin { Namespace = "ns", Pod = "pod", PodUid = "uid", Container = "app" }, ListedAt = listedAt,
            Files = [.. paths.Select(path => (Path: path, Status: _disk.Stat(path)!.Value)).Select(file => new DiscoveredFile
            {
                Path = file.Path, Device = file.Status.Device, Inode = file.Status.Inode, SizeBytes = file.Status.SizeBytes, BirthNanos = file.Status.BirthNanos,
                ModifiedNanos = file.Status.ModifiedNanos, Compressed = file.Path.EndsWith(".gz", StringComparison.Ordinal), Live = file.Path == Live,
            })],
        };
    }
}
