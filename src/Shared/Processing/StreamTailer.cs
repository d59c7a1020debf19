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
public sealed partial class StreamTailer : IDisposable
{
    /// <summary>How far beyond what was read the horizon is set, so that it is made durable rarely.</summary>
    private const long HorizonStepBytes = 32 << 20;

    private static readonly SubStream[] Lanes = [SubStream.None, SubStream.Stdout, SubStream.Stderr];

    private readonly LineageContext _context;
    private readonly RecordEncoder _encoder;
    private readonly StreamLineage _lineage;
    private readonly long[] _touchedAt = new long[FileCheckpoint.Lanes];
    private readonly HashSet<FileCheckpoint> _uncommitted = [];
    private readonly HashSet<FileCheckpoint> _dirty = [];
    private readonly PrefixCache _prefixes;
    private RecordJoiner? _joiner;
    private EntryReader? _reader;
    private Pin? _pinInForce;
    private TailedFile? _prepared;
    private long _nextPinOffset;

    public StreamTailer(LineageContext context, DiscoveredStream stream, RecordEncoder encoder)
    {
        _context = context;
        _encoder = encoder;
        _lineage = new StreamLineage(context, stream);
        _prefixes = new PrefixCache(stream.Origin.Restart);
        Key = stream.Key;
    }

    /// <summary>Reads what came into a file of a stream after it had been left (<see cref="StreamLineage.TakeLate"/>).</summary>
    public StreamTailer(LineageContext context, DiscoveredStream stream, TailedFile late, RecordEncoder encoder)
    {
        _context = context;
        _encoder = encoder;
        _lineage = new StreamLineage(context, stream, late);
        _prefixes = new PrefixCache(stream.Origin.Restart);
        Key = $"{stream.Key} late {late.Checkpoint.Id}";
    }

    /// <summary>Names it among the readers of a process.</summary>
    public string Key { get; }

    public StreamLineage Lineage => _lineage;

    /// <summary>Whose documents its next records are; null while nothing is read.</summary>
    public string? Tenant => _lineage.Current is { } current ? (current.Checkpoint.Pins[^1]).Tenant : null;

    /// <summary>Checkpoints that must be durable before a record of this stream is sent.</summary>
    public IReadOnlyCollection<FileCheckpoint> Uncommitted => _uncommitted;

    /// <summary>Checkpoints that acknowledged progress has changed.</summary>
    public IReadOnlyCollection<FileCheckpoint> Dirty => _dirty;

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
        _uncommitted.UnionWith(_lineage.TakeChanged());
    }

    public void Sync(DiscoveredStream stream)
    {
        _lineage.Sync(stream);
        _uncommitted.UnionWith(_lineage.TakeChanged());
    }

    /// <summary>Reads one chunk and hands its records on.</summary>
    public ReadOutcome Read(ReadBuffer buffer)
    {
        if (_lineage.Current is not { } file) return EndOfStream();
        if (_staleBodies > 0) return ReadOutcome.AwaitingVerdict;
        if (file.Handle is null && _lineage.AwaitsCopy(file)) return ReadOutcome.LookAgainSoon;
        if (file.SuspectedBytes == 0 && !MayBeKnown(file)) return ReadOutcome.LookAgainSoon;
        if (file != _prepared) Prepare(file);
        if (file.Handle is null) return GiveUp(file);
        if (file.ReadOffset < file.ReplayEnd && _tickets.Count > 0) return ReadOutcome.AwaitingVerdict;

        long began = StepCpu.ThreadNanos;
        var chunk = FileChunk.Read(file, buffer, _context.Options.ChunkBytes, _reader!.MaxPhysicalLineBytes);
        long read = StepCpu.ThreadNanos;
        _context.Metrics.Cpu.AddRead(read - began);
        switch (chunk.Verdict)
        {
            case ChunkVerdict.OtherContent:
                return Truncated(file);
            case ChunkVerdict.NoWholeLine:
                return AtEnd(file, buffer);
            default:
                Process(file, chunk, buffer, endOfFile: false);
                _context.Metrics.Cpu.AddEncode(StepCpu.ThreadNanos - read);
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
            if (IsSilent(lane)) CutHere(lane, ref sink);
        CloseTicket(ticket, _prepared);
        return true;
    }

    /// <summary>Gives a descriptor up that must not be held any longer: a compressed sibling goes on in its place, or what was not read is lost, and counted.</summary>
    public void Abandon(TailedFile file) => _lineage.Abandon(file);

    /// <summary>Bytes on disk of this stream's files that are not durable.</summary>
    public long BacklogBytes() => _lineage.Files.Sum(file => Math.Max(0, file.SizeBytes - file.Checkpoint.ResumeOffsetBytes));

    public void Dispose()
    {
        _joiner?.Forget();
        _lineage.Dispose();
    }

    private bool IsSilent(SubStream lane) =>
        _joiner!.CanCut(lane) && _context.Time.GetElapsedTime(_touchedAt[(int)lane]) >= _joiner.Rule.FlushAfter;

    // What was left for a successor that never got anything ends here.
    private ReadOutcome EndOfStream()
    {
        if (!HasPending || _staleBodies > 0 || !_lineage.HasNoMore) return ReadOutcome.AtEnd;
        if (!_lineage.HasRested) return ReadOutcome.LookAgainSoon;
        ChunkTicket ticket = OpenTicket();
        EndPending(ticket);
        CloseTicket(ticket, _lineage.Files[^1]);
        return ReadOutcome.Progress;
    }

    private ReadOutcome AtEnd(TailedFile file, ReadBuffer buffer)
    {
        LeaveVerdict verdict = _lineage.MayLeave(file);
        if (verdict == LeaveVerdict.Stay) return ReadOutcome.AtEnd;
        if (verdict == LeaveVerdict.WaitForRest) return ReadOutcome.LookAgainSoon;
        return Leave(file, buffer, verdict == LeaveVerdict.LeaveAndEnd);
    }

    private ReadOutcome Truncated(TailedFile file)
    {
        _lineage.Truncated(file);
        _uncommitted.UnionWith(_lineage.TakeChanged());
        return ReadOutcome.Progress;
    }

    private ReadOutcome GiveUp(TailedFile file)
    {
        bool lost = _lineage.GiveUp(file);
        _uncommitted.UnionWith(_lineage.TakeChanged());
        file.Finished = true;
        ChunkTicket ticket = OpenTicket();
        if (lost) EndPending(ticket); // what follows is not what came next
        CloseTicket(ticket, file);
        return ReadOutcome.Progress;
    }

    private ReadOutcome Leave(TailedFile file, ReadBuffer buffer, bool streamEnds)
    {
        var rest = FileChunk.ReadRest(file, buffer, _reader!.MaxPhysicalLineBytes);
        if (rest.Verdict == ChunkVerdict.OtherContent) return Truncated(file);
        if (rest.Length > 0) Process(file, rest, buffer, endOfFile: true);
        file.Finished = true;
        file.Checkpoint.EndBytes = file.ReadOffset;
        _uncommitted.Add(file.Checkpoint);
        if (file.Handle is GzipFileHandle { Damage: not null }) _lineage.CountGap(file.Checkpoint, file.ReadOffset, file.ReadOffset);
        ChunkTicket ticket = OpenTicket();
        if (streamEnds) EndPending(ticket);
        CloseTicket(ticket, file);
        return ReadOutcome.Progress;
    }

    // What is pending is all there will be. Recorded as a cut, so that another life ends it there, too.
    private void EndPending(ChunkTicket ticket)
    {
        if (_joiner is null) return;
        var sink = new Sink(this, ticket);
        foreach (SubStream lane in Lanes)
            if (_joiner.HasPending(lane)) CutHere(lane, ref sink);
    }

    private void CutHere(SubStream lane, ref Sink sink)
    {
        StreamPosition end = _joiner!.PendingEnd(lane)!.Value;
        TailedFile file = FileOf(end.FileOrdinal);
        List<SilenceCut> cuts = file.Checkpoint.Cuts;
        int at = cuts.FindIndex(cut => cut.OffsetBytes > end.OffsetBytes);
        cuts.Insert(at < 0 ? cuts.Count : at, new(lane, end.OffsetBytes));
        file.NextCut++;
        _uncommitted.Add(file.Checkpoint);
        _joiner.End(lane, ref sink);
    }

    private void Process(TailedFile file, in FileChunk read, ReadBuffer buffer, bool endOfFile)
    {
        Span<byte> chunk = read.Bytes(buffer);
        ExtendHorizon(file, chunk.Length);
        _encoder.ReadAtNanos = (_context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        RefreshPin(file, _encoder.ReadAtNanos);
        long now = _context.Time.GetTimestamp(), chunkOffset = file.ReadOffset;
        if (file.Checkpoint.IsLate) file.LeftAt = now; // its writer is still at it
        ChunkTicket ticket = OpenTicket();
        var sink = new Sink(this, ticket);
        int position = 0;
        LogEntry entry = default;
        while (true)
        {
            // Before the entry is taken: how long a line may be is pinned, too.
            if (file.ReadOffset >= _nextPinOffset) FollowPin(file, file.ReadOffset, chunk, ref sink);
            if (!_reader!.TryRead(chunk, ref position, chunkOffset, endOfFile, ref entry)) break;
            file.ReadOffset = chunkOffset + position;
            if (entry.OffsetBytes < file.SkipBefore[(int)entry.SubStream]) continue;
            if (file.NextCut < file.Checkpoint.Cuts.Count) ApplyRecordedCuts(file, entry.OffsetBytes, chunk, ref sink);
            _touchedAt[(int)entry.SubStream] = now;
            _joiner!.Add(entry, chunk, file.Ordinal, ref sink);
        }
        ApplyRecordedCuts(file, file.ReadOffset, chunk, ref sink);
        _joiner!.EndChunk(chunk);
        _context.Metrics.ReadBytes.Add(position);
        if (chunkOffset < file.ReplayEnd) _context.Metrics.RereadBytes.Add(Math.Min(file.ReplayEnd - chunkOffset, position));
        file.Tail = read.TailAfter ?? read.TailBehind(file, buffer, position);
        CloseTicket(ticket, file);
    }

    // Takes a file up where it is resumed: the joiner's state comes from its checkpoint for every sub-stream that has a durable position in it.
    private void Prepare(TailedFile file)
    {
        bool first = _prepared is null;
        _prepared = file;
        ChunkTicket ticket = OpenTicket();
        var sink = new Sink(this, ticket);
        // First: a pin that nothing follows must not cut what another life would join.
        RefreshPin(file, (_context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100);
        FollowPin(file, file.ReadOffset, default, ref sink);
        foreach (SubStream lane in Lanes)
        {
            if ((first || file.SkipBefore[(int)lane] > 0) && !_joiner!.HasPending(lane)) _joiner.Restore(lane, file.Checkpoint[lane].State);
        }
        file.NextCut = 0;
        ExpectStored();
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
        ExpectStored();
    }

    private void ApplyRecordedCuts(TailedFile file, long upTo, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        List<SilenceCut> cuts = file.Checkpoint.Cuts;
        for (; file.NextCut < cuts.Count && cuts[file.NextCut].OffsetBytes <= upTo; file.NextCut++)
        {
            SilenceCut cut = cuts[file.NextCut];
            if (_joiner!.HasPending(cut.SubStream) && _joiner.PendingStart(cut.SubStream) < new StreamPosition(file.Ordinal, cut.OffsetBytes))
            {
                _joiner.EndChunk(chunk);
                _joiner.End(cut.SubStream, ref sink);
            }
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
        file.Checkpoint.Pins.RemoveAll(unused => unused.FromOffsetBytes >= file.ReadOffset);
        file.Checkpoint.Pins.Add(wanted with { FromOffsetBytes = file.ReadOffset, Day = day, Path = last.Path });
        _nextPinOffset = file.ReadOffset;
        _prefixes.Clear();
        _uncommitted.Add(file.Checkpoint);
    }

    private TailedFile FileOf(long ordinal) =>
        _prepared is { } current && current.Ordinal == ordinal ? current
        : _lineage.ByOrdinal(ordinal) ?? throw new InvalidOperationException($"A record of {Key} begins in file {ordinal}, which is not read any more; {string.Join(", ", _lineage.Files.Select(file => file.Ordinal))} are.");

    private readonly ref struct Sink(StreamTailer tailer, ChunkTicket ticket) : IRecordSink
    {
        public void Accept(in JoinedRecord record)
        {
            TailedFile file = tailer.FileOf(record.Start.FileOrdinal);
            DocumentPrefix prefix = tailer._prefixes.For(file.Checkpoint, record.Start.OffsetBytes);
            tailer._encoder.Encode(file, prefix, ticket, record, tailer.IsCollision(record));
        }
    }
}
