using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Indexing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Protocol;

/// <summary>A file that is older than the node's positions: positions may have been lost, so that the store has it already.</summary>
public sealed class OldFilesTests : IDisposable
{
    private const string Path = "/disk/app/0.log", Line = "2020-11-20T12:00:00.000000001Z stdout F old\n";

    private readonly InMemoryFileSystem _disk = new();
    private readonly VirtualTime _time = new();
    private readonly PipelineMetrics _metrics = new();
    private readonly CheckpointJournal _journal = CheckpointJournal.Open(new InMemoryStateStorage(new Random(1)), new JournalOptions(), out _);

    public void Dispose()
    {
        _journal.Dispose();
        _metrics.Dispose();
        _disk.Dispose();
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 44)]
    public void Its_records_are_looked_up_only_where_the_store_may_have_them(bool storeMayKnow, long lookedUpBytes)
    {
        using StreamSender sender = SenderOf(() => storeMayKnow);
        DeliverChunk chunk = FirstChunk(sender)!;
        Assert.Equal(lookedUpBytes, FileHeader.TryDecode(chunk.Header.Span)!.ReplayEnd);
    }

    [Fact]
    public void It_is_not_sent_before_that_is_known()
    {
        using StreamSender sender = SenderOf(() => null);
        Assert.Null(FirstChunk(sender));
    }

    private static DeliverChunk? FirstChunk(StreamSender sender)
    {
        using var buffer = new ReadBuffer(64 << 10);
        sender.Read(buffer);
        sender.Committed();
        return sender.TryTake(out DeliverChunk chunk) ? chunk : null;
    }

    private StreamSender SenderOf(Func<bool?> storeMayKnow)
    {
        _disk.Write(Path, Encoding.UTF8.GetBytes(Line));
        FileStatus status = _disk.Stat(Path)!.Value;
        var options = new PipelineOptions();
        var context = new LineageContext
        {
            FileSystem = _disk, Ledger = new PositionLedger(_journal, _time), Pins = new ConfiguredPins(options, "host", _time), Options = options.Tailing, Rules = new JoiningRules(),
            Metrics = _metrics, Log = new RecordingLog(), Time = _time, Cluster = "", Host = "host", Random = () => 1, StoreMayKnow = storeMayKnow,
        };
        var stream = new DiscoveredStream
        {
            Key = Path, Kind = SourceKind.Kubelet, Format = LogFormat.Cri, Origin = new LogOrigin { Namespace = "ns", Pod = "pod", PodUid = "uid", Container = "app" }, ListedAt = _time.GetTimestamp(),
            Files = [new DiscoveredFile { Path = Path, Device = status.Device, Inode = status.Inode, SizeBytes = status.SizeBytes, BirthNanos = status.BirthNanos, Live = true }],
        };
        return new StreamSender(context, stream, "host:app", new StreamEpochs(1), new SenderLimits());
    }
}
