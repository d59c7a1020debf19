using System.Collections.Concurrent;
using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Workers;

/// <summary>
/// Owns streams: reads them in turns, sends their bodies, makes their positions durable, one <see cref="Turn"/> after the other. Everything about a
/// stream happens inside a turn; other threads leave messages. The order that everything rests on: decisions are committed before the records that
/// follow them are sent, and positions are committed after the store has acknowledged.
/// </summary>
public sealed partial class StreamWorker : IDisposable
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SilencePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan StatusAge = TimeSpan.FromSeconds(1);

    private readonly WorkerContext _context;
    private readonly BodyAssembler _assembler;
    private readonly RecordEncoder _encoder;
    private readonly ReadBuffer _buffer;
    private readonly Dictionary<string, StreamSlot> _slots = [];
    private readonly Queue<StreamSlot> _ready = [];
    private readonly HashSet<StreamSlot> _soon = [];
    private readonly RoomlessStreams _roomless = new();
    private readonly HashSet<StreamSlot> _unsettled = [];
    private readonly ChangedStreams _changed = new();
    private readonly Queue<BulkBody> _uncommittedBodies = [];
    private readonly ConcurrentQueue<Action> _messages = [];
    private readonly Action _wake;
    private WorkerStatus _status = WorkerStatus.Empty;
    private long _replayBytes, _acknowledgedBytes;
    private long _committedAt, _tidiedAt, _lookedAt, _cutAt, _statusAt;
    private long? _commitFailedAt;
    private bool _reading = true;
    private bool _awaitsVerdict;
    private int _statusAsked;
    private volatile bool _isIdle;

    // Something waits for a completion beside the position that it makes durable, which waits for the next commit.
    private volatile bool _awaitsCompletion = true;

    /// <param name="context">What all workers share.</param>
    /// <param name="wake">Called on any thread when a message was left: another turn is due.</param>
    public StreamWorker(WorkerContext context, Action wake)
    {
        _context = context;
        _wake = wake;
        _assembler = new BodyAssembler(context.Options.Indexing, context.Time);
        _encoder = new RecordEncoder(_assembler, context.Lineage.Metrics, context.Options.Parsing.MaxDepth);
        _buffer = new ReadBuffer(context.Options.Tailing.ChunkBytes + TailCrc.MaxBytes);
        _committedAt = _tidiedAt = _lookedAt = _cutAt = context.Time.GetTimestamp();
        _statusAt = long.MinValue / 2;
    }

    /// <summary>Nothing is left to read, to send or to make durable, and no record waits for silence; once no more is read, nothing to send or to make durable.</summary>
    public bool IsIdle => _isIdle && _messages.IsEmpty;

    /// <summary>As it stood a moment ago: at most a second, when it is asked for so often.</summary>
    public WorkerStatus Status
    {
        get
        {
            if (_context.Time.GetElapsedTime(Volatile.Read(ref _statusAt)) >= StatusAge && Interlocked.Exchange(ref _statusAsked, 1) == 0) Post(RefreshStatus);
            return Volatile.Read(ref _status);
        }
    }

    /// <summary>As it stands after the messages left so far.</summary>
    public Task<WorkerStatus> FreshStatusAsync()
    {
        var answer = new TaskCompletionSource<WorkerStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            RefreshStatus();
            answer.SetResult(_status);
        });
        return answer.Task;
    }

    /// <summary>A stream was discovered, or its files have changed.</summary>
    public void Sync(DiscoveredStream stream) => Post(() => SyncNow(stream));

    /// <summary>A file of the stream was written to. Wakes nobody: a turn is to follow.</summary>
    public void Touch(string streamKey) => _messages.Enqueue(() =>
    {
        if (!_slots.TryGetValue(streamKey, out StreamSlot? slot)) return;
        if (slot.Tailer.Lineage.WaitingCount > 0)
        {
            slot.Tailer.Sync(slot.Tailer.Lineage.Stream);
            if (slot.Tailer.Lineage.IsStale) _context.LookAgain(slot.Tailer.Lineage.Stream);
        }
        _unsettled.Add(slot);
        Enqueue(slot);
    });

    /// <summary>Reads no more; what was read is still sent and made durable.</summary>
    public void StopReading() => Post(() => _reading = false);

    /// <summary>Leaves what is under way to be read again by the next process.</summary>
    public void Dispose()
    {
        foreach (StreamSlot slot in _slots.Values) slot.Tailer.Dispose();
        _buffer.Dispose();
    }

    /// <summary>Does what is due, and says for how long nothing will be unless a message comes.</summary>
    public TimeSpan Turn()
    {
        if (!_messages.IsEmpty) _isIdle = false;
        while (_messages.TryDequeue(out Action? message)) message();
        bool progress = ReadRound();
        SendDue();
        LookAgain();
        CutSilent();
        CommitDue();
        _isIdle = !progress && NothingToDo();
        _awaitsCompletion = !_reading || _awaitsVerdict || !_roomless.IsEmpty || !_assembler.IsEmpty;
        // Who completes a body looks at that after it has left its message: one of both sees what the other did.
        Interlocked.MemoryBarrier();
        if (_ready.Count == 0) RetryRoomless();
        bool more = _reading && _ready.Count > 0 && _uncommittedBodies.Count == 0;
        return progress || more || !_messages.IsEmpty ? TimeSpan.Zero : Pause();
    }

    private void SyncNow(DiscoveredStream stream)
    {
        if (!_slots.TryGetValue(stream.Key, out StreamSlot? slot))
        {
            slot = new StreamSlot(new StreamTailer(_context.Lineage, stream, _encoder, _changed));
            _slots[stream.Key] = slot;
            slot.Tailer.Sync(stream);
            _replayBytes += slot.Tailer.Lineage.Files.Sum(file => file.ReplayLeftBytes);
        }
        else slot.Tailer.Sync(stream);
        TakeLate(slot);
        _unsettled.Add(slot);
        Enqueue(slot);
        if (slot.Tailer.Lineage.TakeWantsLook() || slot.Tailer.Lineage.IsStale) _context.LookAgain(stream);
    }

    private void LookAgainIfAsked(StreamSlot slot)
    {
        if (slot.Tailer.Lineage.TakeWantsLook()) _context.LookAgain(slot.Tailer.Lineage.Stream);
    }

    // What came into a file after it had been left is a stream of its own, until it has been read.
    private void TakeLate(StreamSlot slot)
    {
        foreach (TailedFile file in slot.Tailer.Lineage.TakeLate())
        {
            var late = new StreamSlot(new StreamTailer(_context.Lineage, slot.Tailer.Lineage.Stream, file, _encoder, _changed)) { LateOf = slot, Late = file };
            _slots[late.Tailer.Key] = late;
            _unsettled.Add(late);
            Enqueue(late);
        }
    }

    private void Enqueue(StreamSlot slot)
    {
        if (slot.Queued || slot.Forgotten) return;
        slot.Queued = true;
        _ready.Enqueue(slot);
    }

    private bool ReadRound()
    {
        if (!_reading) return false;
        bool progress = false;
        long most = _assembler.Bytes + _context.Options.Indexing.MaxBodyBytes;
        for (int turns = Math.Min(_ready.Count, 256); turns > 0 && _uncommittedBodies.Count == 0 && _assembler.Bytes < most; turns--)
        {
            StreamSlot slot = _ready.Dequeue();
            slot.Queued = false;
            if (slot.Forgotten) continue;
            if (slot.Tailer.Tenant is { } tenant && !HasRoom(tenant))
            {
                _roomless.Add(tenant, slot);
                continue;
            }
            slot.Last = ReadOne(slot);
            _unsettled.Add(slot);
            TakeLate(slot);
            LookAgainIfAsked(slot);
            if (slot.Last == ReadOutcome.Progress)
            {
                if (slot.Tailer.Lineage.IsStale) _context.LookAgain(slot.Tailer.Lineage.Stream);
                if (slot.Tailer.HasReadAll)
                {
                    slot.Last = ReadOutcome.AtEnd;
                    continue;
                }
                progress = true;
                Enqueue(slot);
            }
            else if (slot.Last is ReadOutcome.LookAgainSoon or ReadOutcome.NotYetReadable) _soon.Add(slot);
            else if (slot.Last == ReadOutcome.AwaitingVerdict) _awaitsVerdict = true;
        }
        return progress;
    }

    private ReadOutcome ReadOne(StreamSlot slot)
    {
        try
        {
            long before = slot.Tailer.ReadBytes;
            ReadOutcome outcome = slot.Tailer.Read(_buffer);
            if (slot.Tailer.ReadBytes - before is > 0 and var bytes && slot.Tailer.Tenant is { } tenant) _context.Quotas.Take(tenant, bytes);
            return outcome;
        }
        catch (IOException error)
        {
            _context.Lineage.Log.Write(PipelineLogLevel.Warning, LogEvents.ReadFailed, $"{slot.Tailer.Key}: {error.Message} It is tried again; its position stays where it is.");
            return ReadOutcome.NotYetReadable;
        }
    }

    private void SendDue()
    {
        foreach (BulkBody body in _assembler.TakeDue(_context.Sender.InFlight))
        {
            _context.Budget.Add(body.Tenant, body.Length);
            _uncommittedBodies.Enqueue(body);
        }
        if (_uncommittedBodies.Count == 0) return;
        if (_changed.HasDecisions && !Commit()) return;
        while (_uncommittedBodies.TryDequeue(out BulkBody? body)) _context.Sender.Send(body, PostCompleted);
    }

    // On any thread. At a few lines a second, waking up for each completion would cost as much as reading them.
    private void PostCompleted(BulkBody body)
    {
        _messages.Enqueue(() => Completed(body));
        Interlocked.MemoryBarrier();
        if (_awaitsCompletion) _wake();
    }

    private void Completed(BulkBody body)
    {
        _context.Budget.Remove(body.Tenant, body.Length);
        foreach (ref readonly BulkItem item in body.Items) _acknowledgedBytes += item.RecordLengthBytes;
        _awaitsVerdict = false;
        for (int index = 0; index < body.Tickets.Count; index++)
        {
            var ticket = (ChunkTicket)body.Tickets[index];
            var tailer = (StreamTailer)ticket.Owner;
            bool mayRead = tailer.BodyCompleted(ticket, body, index);
            if (_slots.TryGetValue(tailer.Key, out StreamSlot? slot))
            {
                _unsettled.Add(slot);
                if (mayRead || slot.Last != ReadOutcome.AtEnd) Enqueue(slot);
            }
        }
        body.Dispose();
        RetryRoomless();
    }

    private void RetryRoomless()
    {
        if (!_roomless.IsEmpty) _roomless.LetGo(HasRoom, Enqueue);
    }

    private bool HasRoom(string tenant) => _context.Budget.MayRead(tenant, _assembler.Bytes) && _context.Quotas.MayTake(tenant);

    private void LookAgain()
    {
        if (_context.Time.GetElapsedTime(_lookedAt) < LookAgainAfter) return;
        _lookedAt = _context.Time.GetTimestamp();
        foreach (StreamSlot slot in _soon) Enqueue(slot);
        _soon.Clear();
        // Another worker may have made room, of which nobody tells this one.
        RetryRoomless();
    }

    private void CutSilent()
    {
        if (!_reading || _context.Time.GetElapsedTime(_cutAt) < SilencePause) return;
        _cutAt = _context.Time.GetTimestamp();
        bool cut = false;
        foreach (StreamSlot slot in _unsettled)
        {
            LookAgainIfAsked(slot);
            if (!slot.Queued && slot.Last is ReadOutcome.AtEnd or ReadOutcome.LookAgainSoon && _context.Budget.MayRead(slot.Tailer.Tenant ?? "", _assembler.Bytes)) cut |= slot.Tailer.CutSilent();
        }
        if (cut) SendDue();
    }

    private void Forget(StreamSlot slot)
    {
        slot.Forgotten = true;
        _slots.Remove(slot.Tailer.Key);
        _unsettled.Remove(slot);
        if (slot is { Late: { } late, LateOf: { } stream })
        {
            stream.Tailer.Lineage.LateEnded(late);
            LookAgainIfAsked(stream);
        }
        slot.Tailer.Dispose();
    }

    private TimeSpan Pause()
    {
        if (_soon.Count > 0 || !_roomless.IsEmpty || !_assembler.IsEmpty || _uncommittedBodies.Count > 0) return LookAgainAfter;
        if (_unsettled.Count == 0) return LongestPause;
        TimeSpan commitIn = CommitEvery - _context.Time.GetElapsedTime(_committedAt) + TimerResolution;
        bool overdue = commitIn <= TimeSpan.Zero;
        return overdue || (commitIn > SilencePause && _unsettled.Any(slot => slot.Tailer.HasPending)) ? SilencePause : commitIn;
    }

    private void RefreshStatus()
    {
        Volatile.Write(ref _status, WorkerStatus.Of(_slots.Values.Select(slot => slot.Tailer), CommitAge()) with { ReplayBytes = _replayBytes });
        Volatile.Write(ref _statusAt, _context.Time.GetTimestamp());
        Volatile.Write(ref _statusAsked, 0);
    }

    private bool NothingToDo() =>
        _messages.IsEmpty && _assembler.IsEmpty && _uncommittedBodies.Count == 0 && _unsettled.All(slot => slot.Tailer.IsCaughtUp && !slot.Tailer.HasUncommitted)
        && (!_reading || (_ready.Count == 0 && _soon.Count == 0 && _roomless.IsEmpty && _unsettled.All(slot => !slot.Tailer.HasCuttable && !slot.Tailer.Lineage.IsHeldUp)));

    private void Post(Action message)
    {
        _messages.Enqueue(message);
        _wake();
    }
}
