using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;
using LogPipeline.Protocol.Sending;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Simulation;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Delivery;

/// <summary>One life of a node: its senders and its ledger.</summary>
internal sealed class SimulatedNode : IDisposable
{
    private readonly CheckpointJournal _journal;
    private readonly PositionLedger _ledger;
    private readonly PipelineMetrics _metrics = new();
    private readonly ReadBuffer _buffer = new(64 << 10);
    private readonly LineageContext _context;
    private readonly Dictionary<string, StreamSenders> _senders = [];
    private readonly StreamEpochs _epochs;
    private readonly Func<string, StreamEpoch, int> _maxChunkBytes;

    public SimulatedNode(InMemoryFileSystem disk, InMemoryStateStorage state, SimulatedTime time, Random random, PipelineOptions options, int incarnation)
    {
        _journal = CheckpointJournal.Open(state, new JournalOptions(), out _);
        _ledger = new PositionLedger(_journal, time);
        _epochs = new StreamEpochs(incarnation);
        // As if chunks went now on one way and now on another.
        _maxChunkBytes = (_, _) => random.Next(160, 2000);
        _context = new LineageContext
        {
            FileSystem = disk, Ledger = _ledger, Pins = new ConfiguredPins(options, "host", time), Options = options.Tailing, Rules = new JoiningRules(),
            Metrics = _metrics, Log = SilentLog.Instance, Time = time, Cluster = "", Host = "host", Random = () => (ulong)random.NextInt64(), StoreMayKnow = static () => true,
        };
    }

    public void Sync(DiscoveredStream stream)
    {
        if (_senders.TryGetValue(stream.Key, out StreamSenders? senders)) senders.Sync(stream);
        else _senders[stream.Key] = new StreamSenders(_context, stream, stream.Key, _epochs, new SenderLimits { InitialCreditBytes = 2000, MaxHeaderBytes = 150 });
    }

    public void Receive(IStreamMessage message)
    {
        foreach (StreamSenders senders in _senders.Values) senders.Receive(message);
    }

    /// <summary>Does for every stream what is due.</summary>
    public void Turn(Action<IStreamMessage> send)
    {
        foreach (StreamSenders senders in _senders.Values)
        {
            senders.Read(_buffer);
            senders.CutSilent();
            if (senders.HasUncommitted) Commit(senders);
            while (senders.TryTake(out DeliverChunk chunk, _maxChunkBytes)) send(chunk);
            foreach (ProbeStream probe in senders.Overdue()) send(probe);
        }
        foreach ((string key, StreamSenders over) in _senders.Where(entry => entry.Value.IsOver).ToList())
        {
            _senders.Remove(key);
            over.Dispose();
        }
    }

    public void Commit()
    {
        foreach (StreamSenders senders in _senders.Values) Commit(senders);
    }

    /// <summary>Files of a stream that are complete on disk, not only in memory.</summary>
    public int DurablyComplete(string streamKey) => _ledger.OfStream(streamKey).Count(file =>
        _journal.TryGet(file.Id, out ReadOnlyMemory<byte> bytes) && FileCheckpointCodec.TryRead(file.Id, bytes.Span, out FileCheckpoint? durable) && durable!.Complete);

    /// <summary>Whether all files of a stream are known, and more than its first line of the last one is durable.</summary>
    public bool IsKnownByMore(string streamKey, int files) => _ledger.OfStream(streamKey) is [.., var last] known && known.Count >= files
        && _journal.TryGet(last.Id, out ReadOnlyMemory<byte> bytes) && FileCheckpointCodec.TryRead(last.Id, bytes.Span, out FileCheckpoint? durable) && durable is { TailCrc.OffsetBytes: > 60 };

    /// <summary>Records and bytes that the ledger counts as stored.</summary>
    public (long Records, long Bytes) Account() =>
        (_ledger.Files.Sum(file => file.Stored.Sum(range => range.Records)), _ledger.Files.Sum(file => file.Stored.Sum(range => range.Bytes)));

    public void Dispose()
    {
        foreach (StreamSenders senders in _senders.Values) senders.Dispose();
        _buffer.Dispose();
        _journal.Dispose();
        _metrics.Dispose();
    }

    private void Commit(StreamSenders senders)
    {
        IReadOnlyCollection<FileCheckpoint> changed = senders.Changed;
        if (changed.Count == 0) return;
        _ledger.Commit([.. changed]);
        senders.Committed();
    }
}
