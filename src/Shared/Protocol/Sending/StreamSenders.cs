using LogPipeline.Ledger;
using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Sending;

/// <summary>
/// All that one worker or actor sends for a stream of its node: the stream, and beside it the files that got bytes after they had been left, each of them as a
/// stream of its own until it has been read. Checkpoints of all of them are made durable together.
/// </summary>
public sealed class StreamSenders : IDisposable
{
    private readonly LineageContext _context;
    private readonly StreamEpochs _epochs;
    private readonly SenderLimits _limits;
    private readonly StreamSender _stream;
    private readonly List<StreamSender> _all;
    private int _next;

    /// <inheritdoc cref="StreamSender(LineageContext, DiscoveredStream, string, StreamEpochs, SenderLimits)"/>
    public StreamSenders(LineageContext context, DiscoveredStream stream, string id, StreamEpochs epochs, SenderLimits limits)
    {
        (_context, _epochs, _limits) = (context, epochs, limits);
        _stream = new StreamSender(context, stream, id, epochs, limits);
        _all = new List<StreamSender>(1) { _stream };
        TakeLate();
    }

    /// <summary>The stream's key on its node.</summary>
    public string Key => _stream.Key;

    /// <summary>The stream as last discovered.</summary>
    public DiscoveredStream Stream => _stream.Lineage.Stream;

    /// <summary>Files whose first line is not complete wait for more of it.</summary>
    public bool HasWaitingFiles => _stream.Lineage.WaitingCount > 0;

    /// <summary>Nothing can be said of its files before another look, or one of them cannot be opened.</summary>
    public bool IsHeldUp => _stream.Lineage.IsHeldUp || _stream.Lineage.Refused.Count > 0;

    /// <summary>There are checkpoints that must be durable before anything more is sent.</summary>
    public bool HasUncommitted => _all.Exists(sender => sender.Uncommitted.Count > 0);

    /// <summary>There are checkpoints that acknowledged progress has changed.</summary>
    public bool HasDirty => _all.Exists(sender => sender.Dirty.Count > 0);

    /// <inheritdoc cref="StreamSender.IsCaughtUp"/>
    public bool IsCaughtUp => _all.TrueForAll(sender => sender.IsCaughtUp);

    /// <inheritdoc cref="StreamSender.HasCuttable"/>
    public bool HasCuttable => _all.Exists(sender => sender.HasCuttable);

    /// <inheritdoc cref="StreamSender.AwaitsReport"/>
    public bool AwaitsReport => _all.Exists(sender => sender.AwaitsReport);

    /// <inheritdoc cref="StreamSender.UnacceptedBytes"/>
    public long UnacceptedBytes => _all.Sum(sender => sender.UnacceptedBytes);

    /// <summary>Bytes on disk that are not durable.</summary>
    public long BacklogBytes => _all.Sum(sender => sender.BacklogBytes());

    /// <summary>The youngest of its files that is read or not yet durable; null when there is none.</summary>
    public TailedFile? NewestFile => _stream.Lineage.Files is [.., { } newest] ? newest : null;

    /// <summary>All is durable and over: the stream can be forgotten.</summary>
    public bool IsOver => _all.Count == 1 && _stream.IsOver;

    /// <summary>What has to be made durable now: decisions, and progress with them.</summary>
    public IReadOnlyCollection<FileCheckpoint> Changed => [.. _all.SelectMany(sender => sender.Uncommitted.Concat(sender.Dirty)).Distinct()];

    /// <summary>The checkpoints of <see cref="Changed"/> have been made durable.</summary>
    public void Committed()
    {
        foreach (StreamSender sender in _all) sender.Committed();
        TakeLate();
        foreach (StreamSender late in _all.Where(sender => sender != _stream && sender.IsOver).ToList())
        {
            _all.Remove(late);
            _stream.Lineage.LateEnded(late.LateFile!);
            late.Dispose();
        }
    }

    public void Sync(DiscoveredStream stream)
    {
        _stream.Sync(stream);
        TakeLate();
    }

    /// <summary>True when the stream's files have to be listed again.</summary>
    public bool TakeWantsLook()
    {
        bool wants = _stream.Lineage.IsStale;
        foreach (StreamSender sender in _all) wants |= sender.Lineage.TakeWantsLook();
        return wants;
    }

    /// <inheritdoc cref="StreamSender.StopReading"/>
    public void StopReading() => _all.ForEach(sender => sender.StopReading());

    /// <summary>Lets each read what its credit allows.</summary>
    public ReadOutcome Read(ReadBuffer buffer)
    {
        ReadOutcome outcome = _stream.Read(buffer);
        for (int index = 1; index < _all.Count; index++) outcome = MoreUrgent(outcome, _all[index].Read(buffer));
        TakeLate();
        return outcome;
    }

    /// <summary>Gives the next chunk out, when decisions are durable and its window has room. It counts as sent.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="maxBytes">Of the header and bytes of a chunk of the stream of a name, in its epoch; 0 while it may not send.</param>
    public bool TryTake(out DeliverChunk chunk, Func<string, StreamEpoch, int> maxBytes)
    {
        for (int tried = 0; tried < _all.Count; tried++)
        {
            _next = (_next + 1) % _all.Count;
            StreamSender sender = _all[_next];
            if (maxBytes(sender.Id, sender.Epoch) is > 0 and int most && sender.TryTake(out chunk, most)) return true;
        }
        chunk = null!;
        return false;
    }

    /// <summary>Takes an answer. True when there may be more to do now.</summary>
    public bool Receive(IStreamMessage answer) => _all.Find(sender => sender.Id == answer.Stream) is { } sender && sender.Receive(answer);

    /// <summary>Asks for all that the aggregator of a stream has; null when there is no such stream any more.</summary>
    public ProbeStream? Question(string id) => _all.Find(sender => sender.Id == id)?.Question();

    /// <summary>Questions that are due; see <see cref="StreamSender.Overdue"/>.</summary>
    public IReadOnlyList<ProbeStream> Overdue()
    {
        List<ProbeStream>? due = null;
        foreach (StreamSender sender in _all)
            if (sender.Overdue() is { } probe) (due ??= []).Add(probe);
        return due is null ? [] : due;
    }

    /// <inheritdoc cref="StreamSender.CutSilent"/>
    public bool CutSilent()
    {
        bool cut = false;
        foreach (StreamSender sender in _all) cut |= sender.CutSilent();
        return cut;
    }

    public void Dispose() => _all.ForEach(sender => sender.Dispose());

    private void TakeLate()
    {
        foreach (TailedFile late in _stream.Lineage.TakeLate())
            _all.Add(new StreamSender(_context, Stream, late, $"{_stream.Id} late {late.Checkpoint.Id}", _epochs, _limits));
    }

    private static ReadOutcome MoreUrgent(ReadOutcome left, ReadOutcome right) => Urgency(left) <= Urgency(right) ? left : right;

    private static int Urgency(ReadOutcome outcome) => outcome switch { ReadOutcome.Progress => 0, ReadOutcome.LookAgainSoon or ReadOutcome.NotYetReadable => 1, ReadOutcome.AwaitingVerdict => 2, _ => 3 };
}
