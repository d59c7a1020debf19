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
    private readonly Dictionary<string, StreamSender> _senders = [];
    private readonly Dictionary<string, ReadOutcome> _last = [];
    private readonly StreamEpoch _first;

    public SimulatedNode(InMemoryFileSystem disk, InMemoryStateStorage state, SimulatedTime time, Random random, PipelineOptions options, int incarnation)
    {
        _journal = CheckpointJournal.Open(state, new JournalOptions(), out _);
        _ledger = new PositionLedger(_journal, time);
        _first = StreamEpoch.First(incarnation);
        _context = new LineageContext
        {
            FileSystem = disk, Ledger = _ledger, Pins = new ConfiguredPins(options, "host", time), Options = options.Tailing, Rules = new JoiningRules(),
            Metrics = _metrics, Log = SilentLog.Instance, Time = time, Cluster = "", Host = "host", ReadsLate = false, Random = () => (ulong)random.NextInt64(),
        };
    }

    public void Sync(DiscoveredStream stream)
    {
        if (_senders.TryGetValue(stream.Key, out StreamSender? sender)) sender.Sync(stream);
        else _senders[stream.Key] = new StreamSender(_context, stream, stream.Key, _first, new SenderLimits { InitialCreditBytes = 2000 });
    }

    public void Receive(IStreamMessage message)
    {
        if (_senders.TryGetValue(message.Stream, out StreamSender? sender)) sender.Receive(message);
    }

    /// <summary>Does for every stream what is due.</summary>
    public void Turn(Action<IStreamMessage> send)
    {
        foreach ((string key, StreamSender sender) in _senders)
        {
            ReadOutcome outcome = sender.Read(_buffer);
            if (outcome != ReadOutcome.AwaitingVerdict) _last[key] = outcome;
            if (_last.GetValueOrDefault(key) is ReadOutcome.AtEnd or ReadOutcome.LookAgainSoon && outcome is ReadOutcome.AtEnd or ReadOutcome.LookAgainSoon) sender.CutSilent();
            if (sender.Uncommitted.Count > 0) Commit(sender);
            while (sender.TryTake(out DeliverChunk chunk)) send(chunk);
            if (sender.Overdue() is { } probe) send(probe);
        }
    }

    public void Commit()
    {
        foreach (StreamSender sender in _senders.Values) Commit(sender);
    }

    /// <summary>Files of a stream that are complete on disk, not only in memory.</summary>
    public int DurablyComplete(string streamKey) => _ledger.OfStream(streamKey).Count(file =>
        _journal.TryGet(file.Id, out ReadOnlyMemory<byte> bytes) && FileCheckpointCodec.TryRead(file.Id, bytes.Span, out FileCheckpoint? durable) && durable!.Complete);

    /// <summary>Records and bytes that the ledger counts as stored.</summary>
    public (long Records, long Bytes) Account() =>
        (_ledger.Files.Sum(file => file.Stored.Sum(range => range.Records)), _ledger.Files.Sum(file => file.Stored.Sum(range => range.Bytes)));

    public void Dispose()
    {
        foreach (StreamSender sender in _senders.Values) sender.Dispose();
        _buffer.Dispose();
        _journal.Dispose();
        _metrics.Dispose();
    }

    private void Commit(StreamSender sender)
    {
        FileCheckpoint[] changed = [.. sender.Uncommitted.Concat(sender.Dirty).Distinct()];
        if (changed.Length == 0) return;
        _ledger.Commit(changed);
        sender.Committed();
    }
}
