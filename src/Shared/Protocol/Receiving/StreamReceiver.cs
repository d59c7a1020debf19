using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Protocol.Messages;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Receiving;

/// <summary>
/// One stream in an aggregator: takes chunks in order, encodes their records as there is room, and tells the node what is accepted and what is durable. Owned by one
/// actor; answers are returned, never sent from here. Holds nothing durable: when it is lost, the node begins a new epoch.
/// </summary>
/// <param name="stream">Its name.</param>
/// <param name="owner">Who is told of completed bodies: <see cref="ChunkTicket.Owner"/>.</param>
/// <param name="bodies">The bodies that it shares with other streams.</param>
/// <param name="rules">The joining rules of the process.</param>
/// <param name="windowBytes">How much more than what was encoded may be under way.</param>
public sealed class StreamReceiver(string stream, object owner, BodyLane bodies, JoiningRules rules, Func<long> windowBytes)
{
    private readonly ReceiverRanges<ReceivedChunk> _ranges = new();
    private readonly ChunkAssembler _assembler = new(bodies, rules);
    private readonly EpochTotals _totals = new();
    private readonly Queue<ReceivedChunk> _waiting = [];
    private ResumePoint? _durable;
    private long _encodedBytes, _settledSequence, _encoded;
    private int _generation;
    private bool _isUnanswered;

    /// <summary>Bytes of the chunks that wait to be encoded.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>Nothing is waiting, pending or under way: it can be forgotten at no cost.</summary>
    public bool IsIdle => _waiting.Count == 0 && !_assembler.HasPending && _ranges.NotDurableCount == 0;

    /// <summary>Judges a chunk and keeps it when it is the next; <see cref="Encode"/> follows. A refusal is returned.</summary>
    public IStreamMessage? Receive(DeliverChunk chunk)
    {
        var received = new ReceivedChunk(chunk);
        switch (_ranges.Receive(chunk.Epoch, chunk.Sequence, received, out RewindReason reason))
        {
            case ReceiptVerdict.AcceptNewEpoch:
                BeginEpoch();
                break;
            case ReceiptVerdict.Accept:
                break;
            case ReceiptVerdict.Duplicate:
                return Accepted();
            default:
                return new RewindStream(stream, chunk.Epoch, _ranges.Epoch, reason);
        }
        _settledSequence = Math.Max(_settledSequence, chunk.SettledSequence);
        _waiting.Enqueue(received);
        WaitingBytes += chunk.WindowBytes;
        _isUnanswered = true;
        return null;
    }

    /// <summary>Answers a question with everything that is known, or with a refusal.</summary>
    public IReadOnlyList<IStreamMessage> Receive(ProbeStream probe)
    {
        if (!_ranges.Knows(probe.Epoch, probe.NextSequence, out RewindReason reason)) return [new RewindStream(stream, probe.Epoch, _ranges.Epoch, reason)];
        return _durable is null ? [Accepted()] : [Accepted(), Durable()];
    }

    /// <summary>
    /// Encodes waiting chunks while <paramref name="admit"/> lets so many bytes of log of their tenant in, and returns what the node is to be told: of chunks that have to
    /// wait too, as they are in memory here and no longer under way. In the replay window one chunk at a time is under way: what the store has may change where the next
    /// one's records begin.
    /// </summary>
    public IReadOnlyList<IStreamMessage> Encode(Func<string, int, bool> admit)
    {
        if (_ranges.IsBroken) return [];
        bool news = _isUnanswered, durable = false;
        while (_waiting.TryPeek(out ReceivedChunk? next))
        {
            DeliverChunk chunk = next.Chunk!;
            var ticket = new ChunkTicket(owner, _generation);
            lock (bodies.Gate)
            {
                if (_assembler.IsReplay(chunk) && _encoded - _assembler.HeaderPieces > _ranges.DurableSequence) break;
                if (_assembler.TenantOf(chunk) is { } tenant && !admit(tenant, chunk.Bytes.Length)) break;
                long began = StepCpu.ThreadNanos;
                bool fits = _assembler.TryAdd(chunk, ticket);
                bodies.Cpu.AddEncode(StepCpu.ThreadNanos - began);
                if (!fits) return [Break(RewindReason.Malformed)];
            }
            _waiting.Dequeue();
            WaitingBytes -= chunk.WindowBytes;
            next.Ticket = ticket;
            next.Chunk = null;
            chunk.Return();
            _encoded++;
            _encodedBytes += chunk.WindowBytes;
            news = true;
            durable |= Advance();
        }
        _isUnanswered = false;
        return durable ? [Accepted(), Durable()] : news ? [Accepted()] : [];
    }

    /// <summary>A body that holds a part of a ticket of this stream is completed. Returns what the node is to be told.</summary>
    public IReadOnlyList<IStreamMessage> Complete(TicketOutcome outcome)
    {
        ChunkTicket ticket = outcome.Ticket;
        if (ticket.Epoch != _generation || _ranges.IsBroken) return [];
        foreach ((StreamPosition start, long length, int day) in outcome.DeadLettered) ticket.CountDeadLetter(start, length, day);
        if (outcome.HasConflict)
        {
            foreach ((SubStream lane, StreamPosition start, long length) in outcome.StoredExtents) _assembler.Expect(lane, start, length);
            return [Break(RewindReason.StoredExtent)];
        }
        ticket.OutstandingBodies--;
        return Advance() ? [Durable()] : [];
    }

    private RewindStream Break(RewindReason reason)
    {
        _ranges.Break();
        _waiting.Clear();
        WaitingBytes = 0;
        _generation++;
        return new RewindStream(stream, _ranges.Epoch, _ranges.Epoch, reason);
    }

    private void BeginEpoch()
    {
        _generation++;
        _waiting.Clear();
        WaitingBytes = 0;
        _totals.Clear();
        _durable = null;
        _encodedBytes = _settledSequence = _encoded = 0;
        lock (bodies.Gate) _assembler.Clear();
    }

    private bool Advance()
    {
        bool advanced = false;
        while (_ranges.TryTakeDurable(static chunk => chunk.IsDurable, out ReceivedChunk? durable))
        {
            ResumeSnapshot after = durable.Ticket!.After;
            _totals.Add(durable.Ticket, _ranges.DurableSequence - 1);
            _durable = ResumePoint.Of(after);
            _assembler.Forget(after, isAll: _ranges.NotDurableCount == 0);
            _totals.ForgetBefore(after.Earliest.FileOrdinal, _settledSequence);
            advanced = true;
        }
        return advanced;
    }

    private ChunksAccepted Accepted() => new()
    {
        Stream = stream, Epoch = _ranges.Epoch, NextSequence = _ranges.NextSequence, GrantedBytes = _encodedBytes + windowBytes(),
        Cuttable = _waiting.Count == 0 ? _assembler.Cuttable() : [], HasPending = _waiting.Count > 0 || _assembler.HasPending,
    };

    private ChunksDurable Durable() => new()
    {
        Stream = stream, Epoch = _ranges.Epoch, NextSequence = _ranges.DurableSequence, Resume = _durable!, Totals = _totals.Since(_settledSequence),
    };
}
