using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Processing;

/// <summary>
/// One stream from its files to encoded records: reads chunks of whole lines, joins them, hands the records on, and knows what of it is durable.
/// Owned by one worker; every method is called on its thread. What must be durable before any of its records is sent stands in
/// <see cref="Uncommitted"/>.
/// </summary>
public sealed class StreamTailer : IDisposable
{
    private static readonly SubStream[] Lanes = [SubStream.None, SubStream.Stdout, SubStream.Stderr];

    private readonly LineageContext _context;
    private readonly RecordEncoder _encoder;
    private readonly TailedStream _stream;
    private readonly LostLedgerSuspicion _suspicion;
    private readonly RecordAssembler _records;
    private readonly Queue<ChunkTicket> _tickets = [];
    private readonly ChangedStreams? _changed;
    private readonly long[] _touchedAt = new long[FileCheckpoint.Lanes];
    private TailedFile? _prepared;
    private int _epoch, _staleBodies;

    /// <param name="context">What all streams share.</param>
    /// <param name="stream">As discovered.</param>
    /// <param name="encoder">Takes the records.</param>
    /// <param name="changed">Kept by the streams of a worker. Null: nobody asks.</param>
    public StreamTailer(LineageContext context, DiscoveredStream stream, RecordEncoder encoder, ChangedStreams? changed = null)
        : this(context, encoder, new StreamLineage(context, stream), stream.Key, changed)
    {
    }

    /// <summary>Reads what came into a file of a stream after it had been left (<see cref="StreamLineage.TakeLate"/>).</summary>
    public StreamTailer(LineageContext context, DiscoveredStream stream, TailedFile late, RecordEncoder encoder, ChangedStreams? changed = null)
        : this(context, encoder, new StreamLineage(context, stream, late), $"{stream.Key} late {late.Checkpoint.Id}", changed)
    {
    }

    private StreamTailer(LineageContext context, RecordEncoder encoder, StreamLineage lineage, string key, ChangedStreams? changed)
    {
        _context = context;
        _encoder = encoder;
        Key = key;
        _changed = changed;
        _stream = new TailedStream(context, lineage, changed is null ? null : isDecision => changed.Add(this, isDecision));
        _suspicion = new LostLedgerSuspicion(context, _stream);
        _records = new RecordAssembler(encoder, context.Rules, lineage.Stream.Origin.Restart, FileOf);
    }

    /// <summary>Names it among the readers of a process.</summary>
    public string Key { get; }

    public StreamLineage Lineage => _stream.Lineage;

    /// <summary>Whose documents its next records are; null while nothing is read.</summary>
    public string? Tenant => Lineage.Current is { } current ? current.Checkpoint.Pins[^1].Tenant : null;

    /// <summary>Bytes read so far, bytes read again included.</summary>
    public long ReadBytes => _stream.ReadBytes;

    /// <summary>Checkpoints that must be durable before a record of this stream is sent.</summary>
    public IReadOnlyCollection<FileCheckpoint> Uncommitted => _stream.Uncommitted;

    /// <summary>Checkpoints that acknowledged progress has changed.</summary>
    public IReadOnlyCollection<FileCheckpoint> Dirty => _stream.Dirty;

    /// <summary><see cref="Uncommitted"/> has any.</summary>
    public bool HasUncommitted => _stream.HasUncommitted;

    /// <summary><see cref="Dirty"/> has any.</summary>
    public bool HasDirty => _stream.HasDirty;

    /// <summary>All is read, durable and over: the stream can be forgotten.</summary>
    public bool IsOver => Lineage.IsOver && _tickets.Count == 0 && _stream.IsRecorded;

    /// <summary>Everything known is read and durable, but for what <see cref="HasPending"/> tells.</summary>
    public bool IsCaughtUp => _tickets.Count == 0 && !HasDirty;

    /// <summary>
    /// The file in hand was read as far as the look before its last read saw it, and its writer has not left it: what came meanwhile is told, and reading again at once would only
    /// find that there is nothing.
    /// </summary>
    public bool HasReadAll => Lineage is { Stream.Ended: false, Current: { LeftAt: null, Deleted: false, Found.Compressed: false, Checkpoint.EndBytes: < 0 } file } && file.ReadOffset == file.SizeBytes;

    /// <summary>A record is open whose end no content has shown.</summary>
    public bool HasPending => _records.HasPending;

    /// <summary>A record is open that silence will cut.</summary>
    public bool HasCuttable => Lanes.Any(_records.CanCut);

    /// <summary>The checkpoints have been made durable.</summary>
    public void Committed()
    {
        _changed?.Remove(this);
        _stream.Committed();
    }

    public void Sync(DiscoveredStream stream) => _stream.Sync(stream);

    /// <summary>Reads one chunk and hands its records on.</summary>
    public ReadOutcome Read(ReadBuffer buffer)
    {
        if (Lineage.Current is not { } file) return EndOfStream();
        if (_staleBodies > 0) return ReadOutcome.AwaitingVerdict;
        if ((file.Handle is null && Lineage.AwaitsCopy(file)) || !_suspicion.MayRead(file)) return ReadOutcome.NotYetReadable;
        if (file != _prepared) Prepare(file);
        if (file.Handle is null) return GiveUp(file);
        if (file.ReadOffset < file.ReplayEnd && _tickets.Count > 0) return ReadOutcome.AwaitingVerdict;

        long began = StepCpu.ThreadNanos;
        var chunk = FileChunk.Read(file, buffer, _context.Options.ChunkBytes, _records.MaxPhysicalLineBytes);
        long read = StepCpu.ThreadNanos;
        _context.Metrics.Cpu.AddRead(read - began);
        switch (chunk.Verdict)
        {
            case ChunkVerdict.OtherContent:
                return _stream.Truncated(file);
            case ChunkVerdict.NoWholeLine:
                return AtEnd(file, buffer);
            default:
                Process(file, chunk, buffer, endOfFile: false);
                _context.Metrics.Cpu.AddEncode(StepCpu.ThreadNanos - read);
                return ReadOutcome.Progress;
        }
    }

    /// <summary>Decides what reading so many bytes more would have to make durable before they are sent, so that a commit that is due anyway carries it.</summary>
    public void DecideAhead(int bytes)
    {
        if (_staleBodies > 0 || Lineage.Current is not { Handle: not null } file || !_suspicion.MayRead(file) || file.ReadOffset < file.ReplayEnd) return;
        _stream.WillSend(file, (int)Math.Clamp(file.SizeBytes - file.ReadOffset, 0, bytes));
    }

    /// <summary>
    /// Cuts the records that have waited long enough at the end of what is on disk. The cuts stand in <see cref="Uncommitted"/>: nothing that they
    /// ended may be sent before they are durable. To be called only when the last <see cref="Read"/> came to the end of what is there.
    /// </summary>
    public bool CutSilent()
    {
        if (_prepared is null || !Lanes.Any(IsSilent)) return false;
        ChunkTicket ticket = OpenTicket();
        foreach (SubStream lane in Lanes)
            if (IsSilent(lane)) CutHere(lane, ticket);
        CloseTicket(ticket, _prepared);
        return true;
    }

    /// <summary>
    /// A body that holds a part of a ticket is completed. When an item of it is in conflict with what is stored, the stream is rewound. True when
    /// there is something to read because of it.
    /// </summary>
    public bool BodyCompleted(ChunkTicket ticket, BulkBody body, int ticketIndex)
    {
        bool stale = ticket.Epoch != _epoch, conflict = false;
        foreach (ref BulkItem item in body.ItemsOf(ticketIndex))
        {
            if (item.Outcome == ItemOutcome.Stored && !stale && !body.LookUpFirst) continue;
            var document = EncodedRecord.Parse(body.SourceLine(item));
            var start = new StreamPosition(document.Ordinal, document.OffsetBytes);
            if (!stale && item.Outcome == ItemOutcome.DeadLettered) ticket.CountDeadLetter(start, item.RecordLengthBytes, item.IndexDay);
            if (body.LookUpFirst) _suspicion.Weigh(start, item.RecordLengthBytes, item.WasFound);
            // Whatever is stored counts when the piece has to be read again, whichever body brought the conflict.
            if (item.Outcome is ItemOutcome.Stored or ItemOutcome.DeadLettered) _records.Expect(document.SubStream, start, item.RecordLengthBytes);
            else if (item.Outcome == ItemOutcome.Conflict) _records.Expect(document.SubStream, start, item.StoredLengthBytes);
            conflict |= item.Outcome is ItemOutcome.Conflict or ItemOutcome.NotSent;
        }
        if (stale)
        {
            _staleBodies--;
            return _staleBodies == 0;
        }
        ticket.OutstandingBodies--;
        if (conflict)
        {
            _suspicion.JoinNothingWhereFound();
            Rewind();
            return true;
        }
        TakeDurable();
        return false;
    }

    /// <summary>Gives a descriptor up that must not be held any longer: a compressed sibling goes on in its place, or what was not read is lost, and counted.</summary>
    public void Abandon(TailedFile file) => _stream.Abandon(file);

    /// <summary>Bytes on disk of this stream's files that are not durable.</summary>
    public long BacklogBytes() => _stream.Lineage.BacklogBytes;

    public void Dispose()
    {
        _changed?.Remove(this);
        _records.Clear();
        _stream.Dispose();
    }

    private bool IsSilent(SubStream lane) =>
        _records.CanCut(lane) && _context.Time.GetElapsedTime(_touchedAt[(int)lane]) >= _records.Rule.FlushAfter;

    // What was left for a successor that never got anything ends here.
    private ReadOutcome EndOfStream()
    {
        if (!HasPending || _staleBodies > 0 || !Lineage.HasNoMore) return ReadOutcome.AtEnd;
        if (!Lineage.HasRested) return ReadOutcome.LookAgainSoon;
        ChunkTicket ticket = OpenTicket();
        EndPending(ticket);
        CloseTicket(ticket, Lineage.Files[^1]);
        return ReadOutcome.Progress;
    }

    private ReadOutcome AtEnd(TailedFile file, ReadBuffer buffer)
    {
        LeaveVerdict verdict = Lineage.MayLeave(file);
        if (verdict is LeaveVerdict.Stay or LeaveVerdict.WaitForRest) return _stream.Stays(file, verdict);
        return Leave(file, buffer, endsHere: verdict == LeaveVerdict.LeaveAndEnd);
    }

    private ReadOutcome GiveUp(TailedFile file)
    {
        bool endsHere = _stream.GiveUp(file);
        ChunkTicket ticket = OpenTicket();
        if (endsHere) EndPending(ticket); // what follows is not what came next
        CloseTicket(ticket, file);
        return ReadOutcome.Progress;
    }

    private ReadOutcome Leave(TailedFile file, ReadBuffer buffer, bool endsHere)
    {
        var rest = FileChunk.ReadRest(file, buffer, _records.MaxPhysicalLineBytes);
        if (rest.Verdict == ChunkVerdict.OtherContent) return _stream.Truncated(file);
        if (rest.Length > 0) Process(file, rest, buffer, endOfFile: true);
        endsHere |= !_stream.GoesOn(file, file.ReadOffset);
        _stream.DecideEnd(file);
        if (file.Handle is GzipFileHandle { Damage: not null }) Lineage.CountGap(file.Checkpoint, file.ReadOffset, file.ReadOffset);
        ChunkTicket ticket = OpenTicket();
        if (endsHere) EndPending(ticket);
        CloseTicket(ticket, file);
        return ReadOutcome.Progress;
    }

    // What is pending is all there will be. Recorded as a cut, so that another life ends it there, too.
    private void EndPending(ChunkTicket ticket)
    {
        foreach (SubStream lane in Lanes)
            if (_records.IsPending(lane)) CutHere(lane, ticket);
    }

    private void CutHere(SubStream lane, ChunkTicket ticket)
    {
        StreamPosition end = _records.PendingEnd(lane);
        TailedFile file = FileOf(end.FileOrdinal);
        _stream.DecideCut(file, new(lane, end.OffsetBytes));
        file.NextCut++;
        _records.End(lane, ticket);
    }

    private void Process(TailedFile file, in FileChunk read, ReadBuffer buffer, bool endOfFile)
    {
        _stream.WillSend(file, read.Length);
        _encoder.ReadAtNanos = _stream.NowNanos;
        if (_stream.RefreshPin(file, _encoder.ReadAtNanos)) _records.PinsChanged(file);
        long now = _context.Time.GetTimestamp(), chunkOffset = file.ReadOffset;
        if (file.Checkpoint.IsLate) file.LeftAt = now; // its writer is still at it
        ChunkTicket ticket = OpenTicket();
        int position = _records.Read(file, read.Bytes(buffer), endOfFile, ticket);
        for (int lane = 0; lane < _touchedAt.Length; lane++)
            if ((_records.Touched & (1 << lane)) != 0) _touchedAt[lane] = now;
        _stream.CountRead(file, chunkOffset, position);
        file.Tail = read.TailAfter ?? read.TailBehind(file, buffer, position);
        CloseTicket(ticket, file);
    }

    private void Prepare(TailedFile file)
    {
        _prepared = file;
        ChunkTicket ticket = OpenTicket();
        // First: a pin that nothing follows must not cut what another life would join.
        if (_stream.RefreshPin(file, _stream.NowNanos)) _records.PinsChanged(file);
        _records.Prepare(file, ticket);
        CloseTicket(ticket, file);
    }

    // Back to the durable position: what the store has decides where records end now. What is still under way is waited for first, as it may be stored, too.
    private void Rewind()
    {
        _epoch++;
        _staleBodies += _tickets.Sum(ticket => ticket.OutstandingBodies);
        _tickets.Clear();
        _records.Clear();
        _prepared = null;
        _stream.Rewind();
    }

    private ChunkTicket OpenTicket()
    {
        var ticket = new ChunkTicket(this, _epoch);
        _tickets.Enqueue(ticket);
        return ticket;
    }

    private void CloseTicket(ChunkTicket ticket, TailedFile file)
    {
        (StreamPosition readTo, TailCrc tail) = _stream.ReadTo(file);
        ticket.Close(_records.ResumeAt(readTo, tail));
        TakeDurable();
    }

    private void TakeDurable()
    {
        while (_tickets.TryPeek(out ChunkTicket? head) && head.IsDurable) Advance(_tickets.Dequeue());
    }

    // The ticket's records are stored: the positions behind it take effect.
    private void Advance(ChunkTicket ticket)
    {
        foreach ((long ordinal, int range, RangeCount count) in ticket.Stored)
        {
            FileCheckpoint file = FileOf(ordinal).Checkpoint;
            file.CountStored(range, count);
            var tenant = new KeyValuePair<string, object?>("tenant", file.PinAt(range * RangeCount.RangeBytes).Tenant);
            _context.Metrics.StoredRecords.Add(count.Records, tenant);
            _context.Metrics.DurableBytes.Add(count.Bytes, tenant);
        }
        foreach ((long ordinal, int range, RangeCount count) in ticket.DeadLettered) FileOf(ordinal).Checkpoint.CountDeadLettered(range, count);
        _stream.Advance(ticket.After);
        if (_tickets.Count == 0) _records.ForgetStored(ticket.After);
    }

    private TailedFile FileOf(long ordinal) =>
        _prepared is { } current && current.Ordinal == ordinal ? current
        : Lineage.ByOrdinal(ordinal) ?? throw new InvalidOperationException($"A record of {Key} begins in file {ordinal}, which is not read any more; {string.Join(", ", Lineage.Files.Select(file => file.Ordinal))} are.");
}
