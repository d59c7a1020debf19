using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Sending;

/// <summary>
/// One stream from its files to numbered chunks, and from what an aggregator made durable to positions. Reads whole lines, but sends them in pieces that may end
/// inside one; parses and joins nothing. Owned by one worker or actor. What must be durable before <see cref="TryTake"/> gives a chunk out stands
/// in <see cref="Uncommitted"/>.
/// </summary>
public sealed class StreamSender : IDisposable
{
    private readonly LineageContext _context;
    private readonly TailedStream _stream;
    private readonly SenderWindow<ReadEnd> _window;
    private readonly EpochAccount _account;
    private readonly SilenceWatch _silence;
    private readonly UnsentChunks _unsent = new();
    private readonly Dictionary<long, int> _headers = [];
    private readonly AnswerClock _answers;
    private readonly LostLedgerSuspicion _suspicion;
    private readonly int _maxHeaderBytes;
    private ReadOutcome _last = ReadOutcome.Progress;
    private bool _stopped;
    private (Pin Pin, int Bytes) _maxLine;

    /// <param name="context">What all streams of the process share.</param>
    /// <param name="stream">As discovered.</param>
    /// <param name="id">Its name in the whole cluster.</param>
    /// <param name="epochs">The epochs of this process.</param>
    /// <param name="limits">How much may be under way.</param>
    public StreamSender(LineageContext context, DiscoveredStream stream, string id, StreamEpochs epochs, SenderLimits limits)
        : this(context, new StreamLineage(context, stream), id, epochs, limits) => Sync(stream);

    /// <summary>Sends what came into a file of a stream after it had been left (<see cref="StreamLineage.TakeLate"/>), as a stream of its own.</summary>
    internal StreamSender(LineageContext context, DiscoveredStream stream, TailedFile late, string id, StreamEpochs epochs, SenderLimits limits)
        : this(context, new StreamLineage(context, stream, late), id, epochs, limits) => LateFile = late;

    private StreamSender(LineageContext context, StreamLineage lineage, string id, StreamEpochs epochs, SenderLimits limits)
    {
        _context = context;
        Id = id;
        _maxHeaderBytes = limits.MaxHeaderBytes;
        _stream = new TailedStream(context, lineage);
        _suspicion = new LostLedgerSuspicion(context, _stream);
        _window = new SenderWindow<ReadEnd>(epochs, limits.InitialCreditBytes);
        _account = new EpochAccount(_stream, context.Metrics);
        _silence = new SilenceWatch(context);
        _answers = new AnswerClock(limits, context.Time);
    }

    /// <summary>Its name in the whole cluster.</summary>
    public string Id { get; }

    /// <summary>The file that it was made for, of one that sends late bytes.</summary>
    internal TailedFile? LateFile { get; }

    public string Key => Lineage.Stream.Key;

    public StreamLineage Lineage => _stream.Lineage;

    public StreamEpoch Epoch => _window.Epoch;

    /// <summary>Checkpoints that must be durable before anything more of this stream is sent.</summary>
    public IReadOnlyCollection<FileCheckpoint> Uncommitted => _stream.Uncommitted;

    /// <summary>Checkpoints that acknowledged progress has changed.</summary>
    public IReadOnlyCollection<FileCheckpoint> Dirty => _stream.Dirty;

    /// <summary>Chunks that were read and not given out.</summary>
    public bool HasUnsent => _unsent.Count > 0;

    /// <summary>Everything known is read, sent, durable and recorded, but for records whose end no content has shown.</summary>
    public bool IsCaughtUp => _unsent.Count == 0 && _stream.IsRecorded && !_window.HasUnaccepted && _window.NotDurableCount == 0;

    /// <summary>A record is open that silence will cut.</summary>
    public bool HasCuttable => _silence.HasCuttable;

    /// <summary>What is pending at the aggregator was not told yet: it may be a record that silence has to cut.</summary>
    public bool AwaitsReport => !_silence.Covers(_window.NextSequence);

    /// <summary>Bytes of window that were sent and are not in an aggregator's memory, as far as is known.</summary>
    public long UnacceptedBytes => _window.UnacceptedBytes;

    /// <summary>All is durable and over: the stream can be forgotten.</summary>
    public bool IsOver => Lineage.IsOver && IsCaughtUp;

    /// <summary>The checkpoints have been made durable.</summary>
    public void Committed() => _stream.Committed();

    public void Sync(DiscoveredStream stream) => _stream.Sync(stream);

    /// <summary>Nothing more is read: what is under way is still sent, made durable and recorded. What is open stays open: leaving is not a cut.</summary>
    public void StopReading() => _stopped = true;

    /// <summary>Reads what the credit allows. Reads nothing while chunks wait to be sent.</summary>
    public ReadOutcome Read(ReadBuffer buffer)
    {
        if (_unsent.Count > 0 || _window.CreditBytes == 0) return ReadOutcome.AwaitingVerdict;
        _last = ReadOutcome.NotYetReadable; // unless it says otherwise
        return _last = _stopped ? ReadOutcome.AtEnd : ReadNext(buffer);
    }

    private ReadOutcome ReadNext(ReadBuffer buffer)
    {
        if (Lineage.Current is not { } file) return EndOfStream();
        if (!_stream.IsDecided(file)) return ReadOutcome.NotYetReadable;
        if (file.Handle is null) return Lineage.AwaitsCopy(file) ? ReadOutcome.NotYetReadable : GiveUp(file);
        if (!_suspicion.MayRead(file)) return ReadOutcome.NotYetReadable;

        if (_stream.IsExcluded(file)) return Exclude(file);

        int want = (int)Math.Clamp(_window.CreditBytes, SenderLimits.MaxChunkBytes, Math.Min(_context.Options.ChunkBytes, SenderLimits.MaxConnectionChunkBytes));
        long began = StepCpu.ThreadNanos;
        var chunk = FileChunk.Read(file, buffer, want, MaxLineBytes(file));
        _context.Metrics.Cpu.AddRead(StepCpu.ThreadNanos - began);
        switch (chunk.Verdict)
        {
            case ChunkVerdict.OtherContent:
                return _stream.Truncated(file);
            case ChunkVerdict.NoWholeLine:
                return AtEnd(file, buffer);
            default:
                TailCrc tailAfter = TailBehind(file, chunk, buffer);
                (ReadOnlyMemory<byte> bytes, byte[]? rented) = TakeOut(chunk, buffer);
                Queue(file, bytes, rented, tailAfter, ChunkFlags.None, default);
                return ReadOutcome.Progress;
        }
    }

    /// <summary>Gives the next chunk out, when decisions are durable and the window has room. It counts as sent.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="maxBytes">Of its header and bytes: <see cref="SenderLimits.MaxChunkBytes"/>, or more where its way allows it.</param>
    public bool TryTake(out DeliverChunk chunk, int maxBytes = SenderLimits.MaxChunkBytes)
    {
        chunk = null!;
        if (Uncommitted.Count > 0 || !_unsent.TryPeek(maxBytes, out DeliverChunk next, out ReadEnd end) || !_window.MaySend(next.WindowBytes)) return false;
        _unsent.Take(next);
        if (_window.NotDurableCount == 0) _answers.Begin();
        chunk = next with { Epoch = _window.Epoch, SettledSequence = _window.DurableSequence, Sequence = _window.Send(next.WindowBytes, end) };
        return true;
    }

    /// <summary>Takes an answer. True when there may be more to do for this stream now.</summary>
    public bool Receive(IStreamMessage answer)
    {
        if (answer.Epoch != _window.Epoch) return false;
        _answers.Heard();
        switch (answer)
        {
            case ChunksAccepted accepted:
                bool news = _window.Accept(accepted);
                _silence.Report(accepted);
                return news;
            case ChunksDurable durable:
                if (!_window.Settle(durable, out ReadEnd end)) return false;
                _account.Take(durable.Totals);
                _stream.Advance(durable.Resume.With(TailAt(durable.Resume.ReadTo, end)));
                return true;
            case RewindStream rewind when _window.IsRefused(rewind):
                _context.Log.Write(PipelineLogLevel.Info, LogEvents.StreamRewound, $"{Id}: the aggregator takes no more of epoch {rewind.Epoch.Value} ({rewind.Reason}); reading goes back to the durable position.");
                Rewind(rewind.Newest, rewind.Reason.ToString());
                return true;
            default:
                return false;
        }
    }

    /// <summary>What is due when an answer is: a question, or, after a long silence, a new epoch from the durable position (then null, and reading goes on).</summary>
    public ProbeStream? Overdue()
    {
        // A grant or a report of what is pending that was lost is missed, too.
        if (_window.NotDurableCount == 0 && _window.CreditBytes > 0 && _silence.Covers(_window.NextSequence)) return null;
        if (_answers.IsGone)
        {
            Rewind(_window.Epoch, "Silence");
            _answers.Begin();
            return null;
        }
        return _answers.ShouldProbe() ? Question() : null;
    }

    /// <summary>Asks for all that the aggregator has.</summary>
    public ProbeStream Question() => new(Id, _window.Epoch, _window.NextSequence);

    /// <summary>
    /// Cuts the records that have waited long enough at the end of what is on disk: the cut is recorded and sent like a chunk. Cuts nothing unless the last
    /// <see cref="Read"/> came to the end of what is there. True when something was cut.
    /// </summary>
    public bool CutSilent()
    {
        if (_stopped || _last is not (ReadOutcome.AtEnd or ReadOutcome.LookAgainSoon) || _unsent.Count > 0 || _window.HasUnaccepted) return false;
        bool cut = false;
        foreach (LaneEnd lane in _silence.TakeDue(_window.NextSequence, end => Lineage.ByOrdinal(end.FileOrdinal)))
        {
            TailedFile file = Lineage.ByOrdinal(lane.End.FileOrdinal)!;
            var decision = new SilenceCut(lane.Lane, lane.End.OffsetBytes);
            _stream.DecideCut(file, decision);
            TailedFile readIn = Lineage.Current ?? file;
            ReadEnd end = new(readIn.Ordinal, readIn.Tail);
            _unsent.Add(new DeliverChunk { Stream = Id, Epoch = default, Sequence = 0, Start = lane.End, Cuts = [decision], ReadAtNanos = _stream.NowNanos }, end, end);
            cut = true;
        }
        return cut;
    }

    /// <summary>Bytes on disk of this stream's files that are not durable.</summary>
    public long BacklogBytes() => _stream.Lineage.BacklogBytes;

    public void Dispose() => _stream.Dispose();

    private ReadOutcome AtEnd(TailedFile file, ReadBuffer buffer)
    {
        LeaveVerdict verdict = Lineage.MayLeave(file);
        if (verdict is LeaveVerdict.Stay or LeaveVerdict.WaitForRest) return _stream.Stays(file, verdict);
        var rest = FileChunk.ReadRest(file, buffer, MaxLineBytes(file));
        if (rest.Verdict == ChunkVerdict.OtherContent) return _stream.Truncated(file);
        bool endsHere = verdict == LeaveVerdict.LeaveAndEnd || !_stream.GoesOn(file, file.ReadOffset + rest.Length);
        Finish(file, rest.Length > 0 ? rest.Bytes(buffer).ToArray() : default, rest.Length > 0 ? TailBehind(file, rest, buffer) : file.Tail, endsHere ? ChunkFlags.EndOfFile | ChunkFlags.EndOfStream : ChunkFlags.EndOfFile);
        _stream.DecideEnd(file);
        if (endsHere) DecideEndOfStream(file);
        if (file.Handle is GzipFileHandle { Damage: not null }) Lineage.CountGap(file.Checkpoint, file.ReadOffset, file.ReadOffset);
        return ReadOutcome.Progress;
    }

    // Positions go over what is not read at once, so what was sent before has to be durable. A record that is open then is left out, too: its aggregator forgets it with the epoch.
    private ReadOutcome Exclude(TailedFile file)
    {
        if (_window.NotDurableCount > 0 || _window.HasUnaccepted) return ReadOutcome.AwaitingVerdict;
        LeaveVerdict verdict = file.Found.Compressed ? LeaveVerdict.Leave : Lineage.MayLeave(file);
        bool leaves = verdict is LeaveVerdict.Leave or LeaveVerdict.LeaveAndEnd;
        if (!_stream.Exclude(file, leaves)) return _stream.Truncated(file);
        if (_window.NextSequence > 0) Rewind(_window.Epoch, "Excluded");
        if (!leaves) return verdict == LeaveVerdict.Stay ? ReadOutcome.AtEnd : ReadOutcome.LookAgainSoon;
        _stream.DecideEnd(file);
        file.Checkpoint.Complete = true;
        return ReadOutcome.Progress;
    }

    // What was left for a successor that never got anything ends here.
    private ReadOutcome EndOfStream()
    {
        if (!_silence.HasPending || _window.NotDurableCount > 0 || !Lineage.HasNoMore) return ReadOutcome.AtEnd;
        if (!Lineage.HasRested) return ReadOutcome.LookAgainSoon;
        TailedFile last = Lineage.Files[^1];
        DecideEndOfStream(last);
        Queue(last, default, null, last.Tail, ChunkFlags.EndOfFile | ChunkFlags.EndOfStream, new(last.Ordinal + 1, 0));
        return ReadOutcome.Progress;
    }

    // Recorded as cuts, so that another life ends what is pending there, too: what that is only the aggregator knows.
    private void DecideEndOfStream(TailedFile file)
    {
        foreach (SubStream lane in (ReadOnlySpan<SubStream>)[SubStream.None, SubStream.Stdout, SubStream.Stderr])
            if (!file.Checkpoint.Cuts.Contains(new(lane, file.ReadOffset))) _stream.DecideCut(file, new(lane, file.ReadOffset));
    }

    private ReadOutcome GiveUp(TailedFile file)
    {
        // Behind what is lost nothing goes on that is pending.
        bool endsHere = _stream.GiveUp(file);
        Finish(file, default, file.Tail, ChunkFlags.EndOfFile | ChunkFlags.GivenUp | (endsHere ? ChunkFlags.EndOfStream : ChunkFlags.None));
        if (endsHere) DecideEndOfStream(file);
        return ReadOutcome.Progress;
    }

    private void Finish(TailedFile file, ReadOnlyMemory<byte> rest, TailCrc tailAfter, ChunkFlags flags)
    {
        file.Finished = true;
        Queue(file, rest, null, tailAfter, flags, _stream.ReadTo(file).At);
    }

    private void Queue(TailedFile file, ReadOnlyMemory<byte> bytes, byte[]? rented, TailCrc tailAfter, ChunkFlags flags, StreamPosition goOnAt)
    {
        long now = _stream.NowNanos;
        if (bytes.Length > 0)
        {
            _stream.WillSend(file, bytes.Length);
            _stream.RefreshPin(file, now);
            _stream.CountRead(file, file.ReadOffset, bytes.Length);
            if (file.Checkpoint.IsLate) file.LeftAt = _context.Time.GetTimestamp(); // its writer is still at it
        }
        ReadOnlyMemory<byte> header = HeaderOf(file);
        ReadEnd before = new(file.Ordinal, file.Tail);
        for (; header.Length > _maxHeaderBytes; header = header[_maxHeaderBytes..])
        {
            var piece = new DeliverChunk { Stream = Id, Epoch = default, Sequence = 0, Start = new(file.Ordinal, file.ReadOffset), Header = header[.._maxHeaderBytes], Flags = ChunkFlags.HeaderGoesOn };
            _unsent.Add(piece, before, before);
        }
        var chunk = new DeliverChunk
        {
            Stream = Id, Epoch = default, Sequence = 0, Start = new(file.Ordinal, file.ReadOffset), Header = header, Bytes = bytes, Rented = rented, ReadAtNanos = now, Flags = flags, GoOnAt = goOnAt,
        };
        file.ReadOffset += bytes.Length;
        if (bytes.Length > 0) file.Tail = tailAfter;
        _unsent.Add(chunk, before, ReadEndOf(file));
    }

    // A well filled buffer goes along; of another one what is in it is copied, as chunks that wait must not hold much more memory than they are long.
    private static (ReadOnlyMemory<byte> Bytes, byte[]? Rented) TakeOut(in FileChunk chunk, ReadBuffer buffer)
    {
        if (chunk.Length < buffer.Span.Length / 4) return (chunk.Bytes(buffer).ToArray(), null);
        byte[] taken = buffer.Take();
        return (taken.AsMemory(chunk.Start, chunk.Length), taken);
    }

    private ReadEnd ReadEndOf(TailedFile file)
    {
        (StreamPosition at, TailCrc tail) = _stream.ReadTo(file);
        return new(at.FileOrdinal, tail);
    }

    // Where the aggregator says that reading stands may be another file than the one whose bytes went out last: another file's CRC would tell that it was truncated.
    private TailCrc TailAt(StreamPosition readTo, ReadEnd end) =>
        end.FileOrdinal == readTo.FileOrdinal ? end.Tail : Lineage.ByOrdinal(readTo.FileOrdinal)?.Checkpoint.TailCrc ?? default;

    // A line without an end has no CRC yet: the bytes before the chunk stand in the buffer, too.
    private static TailCrc TailBehind(TailedFile file, in FileChunk chunk, ReadBuffer buffer) =>
        chunk.TailAfter ?? TailCrc.Of(file.ReadOffset + chunk.Length, buffer.Span[..(chunk.Start + chunk.Length)]);

    private byte[] HeaderOf(TailedFile file)
    {
        if (_headers.TryGetValue(file.Ordinal, out int pins) && pins == file.Checkpoint.Pins.Count) return [];
        _headers[file.Ordinal] = file.Checkpoint.Pins.Count;
        return new FileHeader { Restart = Lineage.Stream.Origin.Restart, ReplayEnd = file.ReplayEnd, File = file.Checkpoint }.Encode();
    }

    private int MaxLineBytes(TailedFile file)
    {
        Pin pin = file.Checkpoint.PinAt(file.ReadOffset);
        if (!ReferenceEquals(pin, _maxLine.Pin)) _maxLine = (pin, new EntryReader(pin.Format, _context.Rules.Get(pin.JoiningRule).MaxLineBytes).MaxPhysicalLineBytes);
        return _maxLine.Bytes;
    }

    // Everything that was sent under an older epoch may or may not be stored: it is the replay window of the new one.
    private void Rewind(StreamEpoch newest, string reason)
    {
        _context.Metrics.Rewinds.Add(1, new KeyValuePair<string, object?>("reason", reason));
        _window.Rewind(newest);
        _unsent.Clear();
        _headers.Clear();
        _account.BeginEpoch();
        _silence.Clear();
        _stream.Rewind();
    }
}
