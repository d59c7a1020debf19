using System.Diagnostics.Metrics;
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

/// <summary>What a node counts of what its aggregators have stored: the autoscaler and the dashboards follow it.</summary>
public sealed class DurableCountsTests : IDisposable
{
    private const string Path = "/disk/app/0.log", Line = "2020-11-20T12:00:00.000000001Z stdout F line\n";

    private readonly InMemoryFileSystem _disk = new();
    private readonly VirtualTime _time = new();
    private readonly PipelineMetrics _metrics = new();
    private readonly CheckpointJournal _journal = CheckpointJournal.Open(new InMemoryStateStorage(new Random(1)), new JournalOptions(), out _);
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counted = [];

    public DurableCountsTests()
    {
        _listener.SetMeasurementEventCallback<long>((counter, value, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags) _counted[$"{counter.Name} {tag.Value}"] = _counted.GetValueOrDefault($"{counter.Name} {tag.Value}") + value;
        });
        _listener.EnableMeasurementEvents(_metrics.StoredRecords);
        _listener.EnableMeasurementEvents(_metrics.DurableBytes);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _journal.Dispose();
        _metrics.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void Records_and_bytes_that_became_durable_are_counted_by_tenant_and_once_however_often_they_are_told()
    {
        _disk.Write(Path, Encoding.UTF8.GetBytes(Line));
        using StreamSender sender = Sender();
        DeliverChunk first = NextChunk(sender);
        ChunksDurable told = Durable(first, records: 1);
        Assert.True(sender.Receive(told));
        sender.Receive(told);
        _disk.Append(Path, Encoding.UTF8.GetBytes(Line + Line));
        Assert.True(sender.Receive(Durable(NextChunk(sender), records: 3)));
        Assert.Equal(3, _counted["logpipeline_stored_records default"]);
        Assert.Equal(3 * Line.Length, _counted["logpipeline_durable_bytes default"]);
    }

    private static DeliverChunk NextChunk(StreamSender sender)
    {
        using var buffer = new ReadBuffer(64 << 10);
        sender.Read(buffer);
        sender.Committed();
        Assert.True(sender.TryTake(out DeliverChunk chunk));
        return chunk;
    }

    // The aggregator tells totals since the epoch began.
    private static ChunksDurable Durable(DeliverChunk chunk, int records)
    {
        var end = new StreamPosition(chunk.Start.FileOrdinal, chunk.Start.OffsetBytes + chunk.Bytes.Length);
        return new ChunksDurable
        {
            Stream = chunk.Stream, Epoch = chunk.Epoch, NextSequence = chunk.Sequence + 1, Resume = new ResumePoint(end, end, default, end, default, end, default),
            Totals = [new RangeTotal(chunk.Start.FileOrdinal, 0, DeadLettered: false, new RangeCount(records, records * Line.Length, 0, 0))],
        };
    }

    private StreamSender Sender()
    {
        FileStatus status = _disk.Stat(Path)!.Value;
        var options = new PipelineOptions();
        var context = new LineageContext
        {
            FileSystem = _disk, Ledger = new PositionLedger(_journal, _time), Pins = new ConfiguredPins(options, "host", _time), Options = options.Tailing, Rules = new JoiningRules(),
            Metrics = _metrics, Log = new RecordingLog(), Time = _time, Cluster = "", Host = "host", Random = () => 1, StoreMayKnow = () => false,
        };
        var stream = new DiscoveredStream
        {
            Key = Path, Kind = SourceKind.Kubelet, Format = LogFormat.Cri, Origin = new LogOrigin { Namespace = "ns", Pod = "pod", PodUid = "uid", Container = "app" }, ListedAt = _time.GetTimestamp(),
            Files = [new DiscoveredFile { Path = Path, Device = status.Device, Inode = status.Inode, SizeBytes = status.SizeBytes, BirthNanos = status.BirthNanos, Live = true }],
        };
        return new StreamSender(context, stream, "host:app", new StreamEpochs(1), new SenderLimits());
    }
}
