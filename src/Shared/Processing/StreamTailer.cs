using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tenancy;

namespace LogPipeline.Processing;

/// <summary>
/// One stream from its files to encoded records: reads chunks of whole lines, joins them, hands the records on, and knows what of it is durable.
/// Owned by one worker; every method is called on its thread. What must be durable before any of its records is sent stands in
/// <see cref="Uncommitted"/>.
/// </summary>
public sealed class StreamTailer : IDisposable
{
    /// <summary>How far beyond what was read the horizon is set, so that it is made durable rarely.</summary>
    private const long HorizonStepBytes = 32 << 20;

    private static readonly SubStream[] Lanes = [SubStream.None, SubStream.Stdout, SubStream.Stderr];

    private readonly LineageContext _context;
    private readonly RecordEncoder _encoder;
    private readonly StreamLineage _lineage;
    private readonly Queue<ChunkTicket> _tickets = [];
    private readonly Dictionary<(SubStream Lane, StreamPosition Start), long> _storedExtents = [];
    private readonly long[] _touchedAt = new long[FileCheckpoint.Lanes];
    private readonly HashSet<FileCheckpoint> _uncommitted = [];
    private readonly HashSet<FileCheckpoint> _dirty = [];
    private readonly PrefixCache _prefixes;
    private RecordJoiner? _joiner;
    private EntryReader? _reader;
    private Pin? _pinInForce;
    private TailedFile? _prepared;
    private long _nextPinOffset;
    private int _epoch;

    public StreamTailer(LineageContext context, DiscoveredStream stream, RecordEncoder encoder)
    {
        _context = context;
        _encoder = encoder;
        _lineage = new StreamLineage(context, stream);
        _prefixes = new PrefixCache(stream.Origin.Restart);
        Sync(stream);
    }

    public string Key => _lineage.Stream.Key;

    public StreamLineage Lineage => _lineage;

    /// <summary>Whose documents its next records are; null while nothing is read.</summary>
    public string? Tenant => _lineage.Current is { } current ? (current.Checkpoint.Pins[^1]).Tenant : null;

    /// <summary>Checkpoints that must be durable before a record of this stream is sent.</summary>
    public IReadOnlyCollection<FileCheckpoint> Uncommitted => _uncommitted;

    /// <summary>Checkpoints that acknowledged progress has changed.</summary>
    public IReadOnlyCollection<FileCheckpoint> Dirty => _dirty;

    public bool HasOutstanding => _tickets.Count > 0;

    /// <summary>All is read, durable and over: the stream can be forgotten.</summary>
    public bool IsOver => _lineage.IsOver && _tickets.Count == 0 && _dirty.Count == 0 && _uncommitted.Count == 0;

    /// <summary>Everything known is read and durable, but for what <see cref="HasPending"/> tells.</summary>
    public bool IsCaughtUp => _tickets.Count == 0 && _dirty.Count == 0;

    /// <summary>A record is open whose end no content has shown.</summary>
    public bool HasPending => _joiner is not null && Lanes.Any(_joiner.HasPending);

    /// <summary>A record is open that silence will cut.</summary>
    public bool HasCuttable => _joiner is not null && Lanes.Any(_joiner.CanCut);

    /// <summary>The checkpoints have been made durable.</summary>
    public void Committed()
    {
        _uncommitted.Clear();
        _dirty.Clear();
        foreach (TailedFile file in _lineage.Files.Where(file => file.Checkpoint.Complete).ToList()) _lineage.Settle(file);
    }

    public void Sync(DiscoveredStream stream) => _uncommitted.UnionWith(_lineage.Sync(stream));

    /// <summary>Reads one chunk and hands its records on.</summary>
    public ReadOutcome Read(ReadBuffer buffer)
    {
        if (_lineage.Current is not { } file) return ReadOutcome.AtEnd;
        if (file.Handle is null) return _lineage.IsStale ? ReadOutcome.AtEnd : GiveUp(file);
        if (file != _prepared) Prepare(file);
        if (file.ReadOffset < file.ReplayEnd && _tickets.Count > 0) return ReadOutcome.AwaitingVerdict;

        var chunk = FileChunk.Read(file, buffer, _context.Options.ChunkBytes, _reader!.MaxPhysicalLineBytes);
        switch (chunk.Verdict)
        {
            case ChunkVerdict.OtherContent:
                _uncommitted.UnionWith(_lineage.Truncated(file));
                return ReadOutcome.Progress;
            case ChunkVerdict.NoWholeLine:
                return AtEnd(file, buffer);
            default:
                Process(file, chunk.Bytes(buffer), chunk.TailAfter, endOfFile: false);
                return ReadOutcome.Progress;
        }
    }

    /// <summary>
    /// Cuts the records that have waited long enough at the end of what is on disk. The cuts stand in <see cref="Uncommitted"/>: nothing that they
    /// ended may be sent before they are durable. To be called only when the last <see cref="Read"/> came to the end of what is there.
    /// </summary>
    public bool CutSilent()
    {
        if (_joiner is null || _prepared is null || !Lanes.Any(lane => IsSilent(lane))) return false;
        ChunkTicket ticket = OpenTicket();
        var sink = new Sink(this, ticket);
        foreach (SubStream lane in Lanes)
        {
            if (!IsSilent(lane)) continue;
            StreamPosition end = _joiner.PendingEnd(lane)!.Value;
            TailedFile file = FileOf(end.FileOrdinal);
            List<SilenceCut> cuts = file.Checkpoint.Cuts;
            int at = cuts.FindIndex(cut => cut.OffsetBytes > end.OffsetBytes);
            cuts.Insert(at < 0 ? cuts.Count : at, new(lane, end.OffsetBytes));
            file.NextCut++;
            _uncommitted.Add(file.Checkpoint);
            _joiner.Cut(lane, ref sink);
        }
        CloseTicket(ticket, _prepared);
        return true;
    }

    /// <summary>A body that holds a part of a ticket is completed. False when an item of it is in conflict with what is stored: then the stream was rewound.</summary>
    public bool BodyCompleted(ChunkTicket ticket, BulkBody body, int ticketIndex)
    {
        if (ticket.Epoch != _epoch) return true;
        bool conflict = false;
        foreach (ref BulkItem item in body.Items)
        {
            if (item.Ticket != ticketIndex || item.Outcome == ItemOutcome.Stored) continue;
            var document = EncodedRecord.Parse(body.SourceLine(item));
            var start = new StreamPosition(document.Ordinal, document.OffsetBytes);
            if (item.Outcome == ItemOutcome.DeadLettered) ticket.CountDeadLetter(start, item.RecordLengthBytes, item.IndexDay);
            else conflict = true;
            if (item.Outcome == ItemOutcome.Conflict) _storedExtents[(document.SubStream, start)] = item.StoredLengthBytes;
        }
        if (conflict)
        {
            Rewind();
            return false;
        }
        ticket.OutstandingBodies--;
        while (_tickets.TryPeek(out ChunkTicket? head) && head.IsDurable) Advance(_tickets.Dequeue());
        return true;
    }

    /// <summary>Bytes on disk of this stream's files that are not durable.</summary>
    public long BacklogBytes() => _lineage.Files.Sum(file => Math.Max(0, file.SizeBytes - file.Checkpoint.ResumeOffsetBytes));

    public void Dispose()
    {
        _joiner?.Forget();
        _lineage.Dispose();
    }

    private bool IsSilent(SubStream lane) =>
        _joiner!.CanCut(lane) && _context.Time.GetElapsedTime(_touchedAt[(int)lane]) >= _joiner.Rule.FlushAfter;

    private ReadOutcome AtEnd(TailedFile file, ReadBuffer buffer)
    {
        LeaveVerdict verdict = _lineage.MayLeave(file);
        if (verdict == LeaveVerdict.Stay) return ReadOutcome.AtEnd;
        if (verdict == LeaveVerdict.WaitForRest) return ReadOutcome.LookAgainSoon;
        Leave(file, buffer, verdict == LeaveVerdict.LeaveAndEnd);
        return ReadOutcome.Progress;
    }

    private ReadOutcome GiveUp(TailedFile file)
    {
        _lineage.GiveUp(file);
        file.Finished = true;
        ChunkTicket ticket = OpenTicket();
        CloseTicket(ticket, file);
        return ReadOutcome.Progress;
    }

    private void Leave(TailedFile file, ReadBuffer buffer, bool streamEnds)
    {
        var rest = FileChunk.ReadRest(file, buffer, _reader!.MaxPhysicalLineBytes);
        if (rest.Length > 0) Process(file, rest.Bytes(buffer), rest.TailAfter, endOfFile: true);
        file.Finished = true;
        file.SizeBytes = file.ReadOffset;
        ChunkTicket ticket = OpenTicket();
        if (streamEnds)
        {
            var sink = new Sink(this, ticket);
            _joiner!.End(ref sink);
        }
        CloseTicket(ticket, file);
    }

    private void Process(TailedFile file, Span<byte> chunk, TailCrc? tailAfter, bool endOfFile)
    {
        ExtendHorizon(file, chunk.Length);
        _encoder.ReadAtNanos = (_context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        RefreshPin(file, _encoder.ReadAtNanos);
        long now = _context.Time.GetTimestamp(), chunkOffset = file.ReadOffset;
        ChunkTicket ticket = OpenTicket();
        var sink = new Sink(this, ticket);
        int position = 0;
        LogEntry entry = default;
        while (_reader!.TryRead(chunk, ref position, chunkOffset, endOfFile, ref entry))
        {
            file.ReadOffset = chunkOffset + position;
            if (entry.OffsetBytes < file.SkipBefore[(int)entry.SubStream]) continue;
            if (file.NextCut < file.Checkpoint.Cuts.Count) ApplyRecordedCuts(file, entry.OffsetBytes, chunk, ref sink);
            if (entry.OffsetBytes >= _nextPinOffset) FollowPin(file, entry.OffsetBytes, chunk, ref sink);
            _touchedAt[(int)entry.SubStream] = now;
            _joiner!.Add(entry, chunk, file.Ordinal, ref sink);
        }
        ApplyRecordedCuts(file, file.ReadOffset, chunk, ref sink);
        _joiner!.EndChunk(chunk);
        _context.Metrics.ReadBytes.Add(position);
        if (chunkOffset < file.ReplayEnd) _context.Metrics.RereadBytes.Add(Math.Min(file.ReplayEnd - chunkOffset, position));
        file.Tail = tailAfter ?? TailCrc.Of(file.ReadOffset, chunk[..position]);
        CloseTicket(ticket, file);
    }

    // Takes a file up where it is resumed: the joiner's state comes from its checkpoint for every sub-stream that has a durable position in it.
    private void Prepare(TailedFile file)
    {
        bool first = _prepared is null;
        _prepared = file;
        ChunkTicket ticket = OpenTicket();
        var sink = new Sink(this, ticket);
        FollowPin(file, file.ReadOffset, default, ref sink);
        foreach (SubStream lane in Lanes)
        {
            if ((first || file.SkipBefore[(int)lane] > 0) && !_joiner!.HasPending(lane)) _joiner.Restore(lane, file.Checkpoint[lane].State);
        }
        file.NextCut = 0;
        foreach (((SubStream lane, StreamPosition start), long length) in _storedExtents) _joiner!.ExpectExtent(lane, start, length);
        CloseTicket(ticket, file);
    }

    private void FollowPin(TailedFile file, long offset, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        Pin pin = file.Checkpoint.PinAt(offset);
        _nextPinOffset = file.Checkpoint.Pins.Find(later => later.FromOffsetBytes > offset)?.FromOffsetBytes ?? long.MaxValue;
        if (_pinInForce is { } old && old.JoiningRule == pin.JoiningRule && old.Format == pin.Format)
        {
            _pinInForce = pin;
            return;
        }
        RecordJoiner? before = _joiner;
        if (before is not null)
            foreach (SubStream lane in Lanes) if (before.HasPending(lane)) Cut(lane, chunk, ref sink);
        _pinInForce = pin;
        JoiningRule rule = _context.Rules.Get(pin.JoiningRule);
        _joiner = new RecordJoiner(rule);
        _reader = new EntryReader(pin.Format, rule.MaxLineBytes);
        if (before is not null)
            foreach (SubStream lane in Lanes) _joiner.Restore(lane, before.State(lane));
        foreach (((SubStream lane, StreamPosition start), long length) in _storedExtents) _joiner.ExpectExtent(lane, start, length);
    }

    private void ApplyRecordedCuts(TailedFile file, long upTo, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        List<SilenceCut> cuts = file.Checkpoint.Cuts;
        for (; file.NextCut < cuts.Count && cuts[file.NextCut].OffsetBytes <= upTo; file.NextCut++)
        {
            SilenceCut cut = cuts[file.NextCut];
            if (_joiner!.HasPending(cut.SubStream) && _joiner.PendingStart(cut.SubStream) < new StreamPosition(file.Ordinal, cut.OffsetBytes)) Cut(cut.SubStream, chunk, ref sink);
        }
    }

    // What is pending may still lie in the chunk that is being read.
    private void Cut(SubStream lane, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        _joiner!.EndChunk(chunk);
        _joiner.Cut(lane, ref sink);
    }

    private void ExtendHorizon(TailedFile file, int bytes)
    {
        long end = file.ReadOffset + bytes;
        if (end <= file.Checkpoint.HorizonBytes) return;
        file.Checkpoint.HorizonBytes = end + HorizonStepBytes;
        _uncommitted.Add(file.Checkpoint);
    }

    // Today's day, and what the configuration says now, take effect where nothing was ever sent.
    private void RefreshPin(TailedFile file, long nowNanos)
    {
        Pin last = file.Checkpoint.Pins[^1];
        if (file.ReadOffset < file.ReplayEnd || last.FromOffsetBytes > file.ReadOffset) return;
        Pin wanted = file.WantedPin ??= _context.Pins.PinFor(_lineage.Stream, file.FirstLine, 0);
        int day = wanted.Day < 0 ? wanted.Day : IndexNames.UtcDay(nowNanos);
        if (last.Day == day && (ReferenceEquals(last, wanted) || last.SaysTheSameAs(wanted))) return;
        file.Checkpoint.Pins.Add(wanted with { FromOffsetBytes = file.ReadOffset, Day = day, Path = last.Path });
        _nextPinOffset = file.ReadOffset;
        _prefixes.Clear();
        _uncommitted.Add(file.Checkpoint);
    }

    private TailedFile FileOf(long ordinal) =>
        _prepared is { } current && current.Ordinal == ordinal ? current
        : _lineage.ByOrdinal(ordinal) ?? throw new InvalidOperationException($"A record of {Key} begins in a file that is not read any more.");

    private ChunkTicket OpenTicket()
    {
        var ticket = new ChunkTicket(this, _epoch);
        _tickets.Enqueue(ticket);
        return ticket;
    }

    private void CloseTicket(ChunkTicket ticket, TailedFile file)
    {
        TailedFile? readIn = file.Finished ? _lineage.Current : file;
        StreamPosition readTo = readIn is not null ? new(readIn.Ordinal, readIn.ReadOffset) : new(file.Ordinal + 1, 0);
        ticket.Close(new ResumeSnapshot(_joiner!, readTo, readIn?.Tail ?? default));
        while (_tickets.TryPeek(out ChunkTicket? head) && head.IsDurable) Advance(_tickets.Dequeue());
    }

    // The ticket's records are stored: the positions behind it take effect.
    private void Advance(ChunkTicket ticket)
    {
        ResumeSnapshot after = ticket.After;
        foreach ((long ordinal, int range, RangeCount count) in ticket.Stored)
        {
            FileCheckpoint file = FileOf(ordinal).Checkpoint;
            file.CountStored(range, count);
            var tenant = new KeyValuePair<string, object?>("tenant", file.PinAt(range * RangeCount.RangeBytes).Tenant);
            _context.Metrics.StoredRecords.Add(count.Records, tenant);
            _context.Metrics.DurableBytes.Add(count.Bytes, tenant);
        }
        foreach ((long ordinal, int range, RangeCount count) in ticket.DeadLettered) FileOf(ordinal).Checkpoint.CountDeadLettered(range, count);
        foreach (TailedFile file in _lineage.Files)
        {
            if (file.Ordinal > after.ReadTo.FileOrdinal) break;
            Advance(file, after);
            _dirty.Add(file.Checkpoint);
        }
    }

    private static void Advance(TailedFile file, in ResumeSnapshot after)
    {
        FileCheckpoint checkpoint = file.Checkpoint;
        foreach (SubStream lane in Lanes)
        {
            StreamPosition position = after[lane];
            LanePosition known = checkpoint.LanePositions[(int)lane];
            // What is read again lies before what is durable of another sub-stream: positions never go back.
            if (position.FileOrdinal == file.Ordinal && position.OffsetBytes >= known.OffsetBytes)
                checkpoint.LanePositions[(int)lane] = new(position.OffsetBytes, after.StateOf(lane));
            else if (position.FileOrdinal > file.Ordinal)
                checkpoint.LanePositions[(int)lane] = new(Math.Max(file.ReadOffset, known.OffsetBytes), default);
        }
        if (after.ReadTo.FileOrdinal == file.Ordinal) checkpoint.TailCrc = after.Tail;
        checkpoint.SizeBytes = Math.Max(file.SizeBytes, checkpoint.ResumeOffsetBytes);
        if (after.Earliest.FileOrdinal > file.Ordinal && file.Finished) checkpoint.Complete = true;
        int passed = checkpoint.Cuts.RemoveAll(cut => cut.OffsetBytes <= checkpoint[cut.SubStream].OffsetBytes);
        file.NextCut = Math.Max(0, file.NextCut - passed);
    }

    // Back to the durable position: what the store has under the ids in conflict decides where records end now.
    private void Rewind()
    {
        _epoch++;
        _tickets.Clear();
        _joiner!.Forget();
        _prepared = null;
        foreach (TailedFile file in _lineage.Files)
        {
            file.ReplayEnd = Math.Max(file.ReplayEnd, file.ReadOffset);
            file.ReadOffset = file.Checkpoint.ResumeOffsetBytes;
            file.NoNewlineUntil = 0;
            file.Tail = file.Checkpoint.TailCrc;
            file.Finished = file.Checkpoint.Complete;
            for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) file.SkipBefore[lane] = file.Checkpoint.LanePositions[lane].OffsetBytes;
        }
    }

    private readonly ref struct Sink(StreamTailer tailer, ChunkTicket ticket) : IRecordSink
    {
        public void Accept(in JoinedRecord record)
        {
            TailedFile file = tailer.FileOf(record.Start.FileOrdinal);
            DocumentPrefix prefix = tailer._prefixes.For(file.Checkpoint, record.Start.OffsetBytes);
            tailer._encoder.Encode(file, prefix, ticket, record);
        }
    }
}
