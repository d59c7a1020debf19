using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;
using LogPipeline.Sources;
using LogPipeline.Sources.Layouts;
using LogPipeline.Tailing;
using LogPipeline.Tests.Indexing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Enrichment.Pods;

/// <summary>A node with its streams on an in-memory disk, a clock that moves when told, and a directory that the test fills as the API's watch would. Whatever is sent is stored at once.</summary>
internal sealed class PodStreams : IDisposable
{
    private readonly InMemoryFileSystem _disk = new();
    private readonly CheckpointJournal _journal = CheckpointJournal.Open(new InMemoryStateStorage(new Random(1)), new JournalOptions(), out _);
    private readonly Dictionary<string, StreamSender> _senders = [];
    private readonly Dictionary<string, FileHeader> _headers = [];
    private readonly Dictionary<string, long> _readTo = [];
    private readonly PipelineOptions _options;
    private readonly PositionLedger _ledger;
    private LineageContext _context;
    private long _epochs;

    public PodStreams(PipelineOptions options)
    {
        _options = options;
        _ledger = new PositionLedger(_journal, Time);
        // Older than whatever is written here, so that nothing is taken for the rest of a lost ledger.
        Time.Advance(TimeSpan.FromSeconds(1));
        Directory = new PodDirectory(Log, Time);
        Directory.Replace(Array.Empty<PodMetadata>());
        Directory.Replace(Array.Empty<NamespaceMetadata>());
        _context = NewContext();
    }

    public VirtualTime Time { get; } = new();

    public RecordingLog Log { get; } = new();

    public PipelineMetrics Metrics { get; } = new();

    public PodDirectory Directory { get; private set; }

    /// <summary>What lines are from.</summary>
    public string Minute { get; set; } = "2026-11-20T16:40";

    /// <summary>What was sent so far: each piece with the tenant and the resource of its pin.</summary>
    public List<(string Text, Pin Pin)> Sent { get; } = [];

    public static string LogOf(string pod, string uid) => $"/var/log/pods/shop_{pod}_{uid}/app/0.log";

    /// <summary>Appends one line to a file and lets its stream read.</summary>
    public void Write(string path, string text)
    {
        byte[] line = Encoding.UTF8.GetBytes(KubeletPath.IsLiveFile(path) ? $"{Minute}:02.{_disk.Stat(path)?.SizeBytes ?? 0:D9}Z stdout F {text}\n" : text + "\n");
        if (_disk.Stat(path) is null) _disk.Write(path, line);
        else _disk.Append(path, line);
        Read(path);
    }

    /// <summary>The kubelet's rotation; the new file is begun by the next <see cref="Write"/>.</summary>
    public void Rotate(string path, string suffix) => _disk.Rename(path, path + suffix);

    /// <summary>Lists the file's directory and lets its stream read to its end, as far as it may.</summary>
    public void Read(string path)
    {
        DiscoveredStream stream = List(path);
        if (_senders.TryGetValue(path, out StreamSender? sender)) sender.Sync(stream);
        else _senders[path] = sender = new StreamSender(_context, stream, "host:" + path, new StreamEpochs(++_epochs), new SenderLimits());
        using var buffer = new ReadBuffer(64 << 10);
        ReadOutcome outcome;
        do
        {
            outcome = sender.Read(buffer);
            if (sender.Lineage.TakeWantsLook()) sender.Sync(List(path));
            Store(path, sender);
        }
        while (outcome == ReadOutcome.Progress || sender.HasUnsent);
    }

    /// <summary>The stream is not read any more.</summary>
    public void Close(string path)
    {
        if (_senders.Remove(path, out StreamSender? sender)) sender.Dispose();
    }

    /// <summary>The process ends and begins again: it knows what was recorded, and nothing of what the API said.</summary>
    public void Restart()
    {
        foreach (string path in _senders.Keys.ToList()) Close(path);
        Directory = new PodDirectory(Log, Time);
        _context = NewContext();
    }

    public FileCheckpoint[] Recorded(string path) => [.. _ledger.OfStream(path)];

    public long BacklogOf(string path) => _senders[path].BacklogBytes();

    public void Dispose()
    {
        foreach (StreamSender sender in _senders.Values) sender.Dispose();
        _journal.Dispose();
        Metrics.Dispose();
        _disk.Dispose();
    }

    private void Store(string path, StreamSender sender)
    {
        _ledger.Commit([.. sender.Uncommitted.Concat(sender.Dirty).Distinct()]);
        sender.Committed();
        while (sender.TryTake(out DeliverChunk chunk))
        {
            // As an aggregator does: an epoch's bytes of a file follow one another.
            string file = $"{path} {chunk.Epoch} {chunk.Start.FileOrdinal}";
            Assert.Equal(_readTo.GetValueOrDefault(file, chunk.Start.OffsetBytes), chunk.Start.OffsetBytes);
            _readTo[file] = chunk.Start.OffsetBytes + chunk.Bytes.Length;
            if (!chunk.Header.IsEmpty) _headers[path + chunk.Start.FileOrdinal] = FileHeader.TryDecode(chunk.Header.Span)!;
            StreamPosition end = (chunk.Flags & ChunkFlags.EndOfFile) != 0 ? chunk.GoOnAt : new(chunk.Start.FileOrdinal, chunk.Start.OffsetBytes + chunk.Bytes.Length);
            if (!chunk.Bytes.IsEmpty) Sent.Add((Encoding.UTF8.GetString(chunk.Bytes.Span), _headers[path + chunk.Start.FileOrdinal].File.PinAt(chunk.Start.OffsetBytes)));
            sender.Receive(new ChunksAccepted { Stream = sender.Id, Epoch = chunk.Epoch, NextSequence = chunk.Sequence + 1, GrantedBytes = 1 << 20 });
            sender.Receive(new ChunksDurable { Stream = sender.Id, Epoch = chunk.Epoch, NextSequence = chunk.Sequence + 1, Resume = new ResumePoint(end, end, default, end, default, end, default) });
        }
        _ledger.Commit([.. sender.Uncommitted.Concat(sender.Dirty).Distinct()]);
        sender.Committed();
    }

    private DiscoveredStream List(string path)
    {
        string directory = path[..path.LastIndexOf('/')];
        bool isContainers = KubeletPath.TryParse(path, out LogOrigin? origin);
        if (!isContainers) origin = EmptyDirectoryPath.TryParse(path, out string? uid, out _, out _) ? new LogOrigin { PodUid = uid } : new LogOrigin();
        return new DiscoveredStream
        {
            Key = path, Kind = isContainers ? SourceKind.Kubelet : SourceKind.Plain, Format = isContainers ? LogFormat.Cri : LogFormat.Plain, Origin = origin!, ListedAt = Time.GetTimestamp(),
            Files = [.. _disk.List(directory).Select(item => $"{directory}/{item.Name}").Where(file => file.StartsWith(path, StringComparison.Ordinal)).OrderBy(file => file == path).ThenBy(file => file, StringComparer.Ordinal).Select(file => Found(file, file == path))],
        };
    }

    private DiscoveredFile Found(string path, bool isLive)
    {
        FileStatus status = _disk.Stat(path)!.Value;
        return new DiscoveredFile
        {
            Path = path, Device = status.Device, Inode = status.Inode, SizeBytes = status.SizeBytes, BirthNanos = status.BirthNanos, ModifiedNanos = status.ModifiedNanos, Live = isLive,
        };
    }

    private LineageContext NewContext() => new()
    {
        FileSystem = _disk, Ledger = _ledger, Pins = new PodPins(_options, "host", Directory, Metrics, Log, Time), Options = _options.Tailing, Rules = new JoiningRules(),
        Metrics = Metrics, Log = Log, Time = Time, Cluster = "", Host = "host", Random = () => 1, StoreMayKnow = () => true,
    };
}
