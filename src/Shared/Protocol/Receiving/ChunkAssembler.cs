using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Processing;
using LogPipeline.Protocol.Messages;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Receiving;

/// <summary>
/// The chunks of one epoch of one stream, in order, to encoded records: the same reader, joiner and encoder that a tailer uses, fed from the wire. Holds only
/// what reading again rebuilds. Called with the lane's gate held.
/// </summary>
internal sealed class ChunkAssembler(BodyLane bodies, JoiningRules rules)
{
    private static readonly SubStream[] Lanes = [SubStream.None, SubStream.Stdout, SubStream.Stderr];

    private readonly BodyLane _bodies = bodies;
    private readonly Dictionary<long, ReceivedFile> _files = [];
    private readonly Dictionary<(SubStream Lane, StreamPosition Start), long> _storedExtents = [];
    private PrefixCache? _prefixes;
    private RecordJoiner? _joiner;
    private EntryReader? _reader;
    private Pin? _pinInForce;
    private ReceivedFile? _current;
    private DeliverChunk? _headed;
    private byte[] _rest = [];
    private long _nextPinOffset;

    /// <summary>Whether the records of a chunk may be in the store already: then all before it must be certain first.</summary>
    public bool IsReplay(DeliverChunk chunk)
    {
        if (!TryTakeHeader(chunk) || !_files.TryGetValue(chunk.Start.FileOrdinal, out ReceivedFile? file)) return false;
        return file.ReadOffset < file.ReplayEnd;
    }

    /// <summary>Whose documents the records of a chunk are; null when the chunk makes no sense.</summary>
    public string? TenantOf(DeliverChunk chunk) =>
        TryTakeHeader(chunk) && _files.TryGetValue(chunk.Start.FileOrdinal, out ReceivedFile? file) ? file.Checkpoint.PinAt(chunk.Start.OffsetBytes).Tenant : null;

    /// <summary>Encodes what a chunk completes and closes the ticket. False when the chunk does not fit what came before it: nothing of it was encoded.</summary>
    public bool TryAdd(DeliverChunk chunk, ChunkTicket ticket)
    {
        if (!TryTakeHeader(chunk) || !_files.TryGetValue(chunk.Start.FileOrdinal, out ReceivedFile? file)) return false;
        _bodies.Encoder.ReadAtNanos = chunk.ReadAtNanos;
        var sink = new Sink(this, ticket);
        bool endsFile = (chunk.Flags & ChunkFlags.EndOfFile) != 0;
        if (chunk.Cuts.Count > 0) ApplyCuts(file, chunk.Cuts, ref sink);
        StreamPosition readTo;
        if (chunk.Cuts.Count > 0 && chunk.Bytes.IsEmpty && !endsFile) readTo = _current is { } open ? new(open.Ordinal, open.ReadOffset) : new(file.Ordinal, file.ReadOffset);
        else
        {
            if (chunk.Start.OffsetBytes != file.ReadOffset + (file == _current ? _rest.Length : 0)) return false;
            if (file != _current) Prepare(file, ref sink);
            Read(file, chunk.Bytes.Span, endsFile, (chunk.Flags & ChunkFlags.GivenUp) != 0, ref sink);
            if ((chunk.Flags & ChunkFlags.EndOfStream) != 0) _joiner!.End(ref sink);
            readTo = endsFile ? chunk.GoOnAt : new(file.Ordinal, file.ReadOffset);
        }
        if (_joiner is null) return false;
        ticket.Close(new ResumeSnapshot(_joiner, readTo, default));
        return true;
    }

    /// <summary>The store has a record of this extent: the next epoch ends a record where it does.</summary>
    public void Expect(SubStream subStream, StreamPosition start, long lengthBytes) => _storedExtents[(subStream, start)] = lengthBytes;

    /// <summary>Sub-streams with a record that only silence can end.</summary>
    public IReadOnlyList<LaneEnd> Cuttable() =>
        _joiner is null ? [] : [.. Lanes.Where(_joiner.CanCut).Select(open => new LaneEnd(open, _joiner.PendingEnd(open)!.Value))];

    public bool HasPending => _rest.Length > 0 || (_joiner is not null && Lanes.Any(_joiner.HasPending));

    /// <summary>Files before this one hold nothing that is still needed.</summary>
    public void ForgetBefore(long fileOrdinal)
    {
        if (_files.Count < 2) return;
        foreach (long passed in _files.Keys.Where(ordinal => ordinal < fileOrdinal).ToList()) _files.Remove(passed);
    }

    /// <summary>A new epoch: everything but the stored extents is read again.</summary>
    public void Clear()
    {
        _joiner?.Forget();
        _files.Clear();
        _prefixes = null;
        (_joiner, _reader, _pinInForce, _current, _headed) = (null, null, null, null, null);
        _rest = [];
    }

    private bool TryTakeHeader(DeliverChunk chunk)
    {
        if (chunk.Header.IsEmpty || ReferenceEquals(chunk, _headed)) return true;
        if (FileHeader.TryDecode(chunk.Header.Span) is not { } header || header.File.Ordinal != chunk.Start.FileOrdinal) return false;
        _headed = chunk;
        if (_files.TryGetValue(header.File.Ordinal, out ReceivedFile? known))
        {
            known.Update(header);
            _nextPinOffset = known == _current ? known.ReadOffset : _nextPinOffset;
            _prefixes?.Clear();
        }
        else _files[header.File.Ordinal] = new ReceivedFile(header);
        _prefixes ??= new PrefixCache(header.Restart);
        return true;
    }

    private void Read(ReceivedFile file, ReadOnlySpan<byte> bytes, bool endOfFile, bool givenUp, ref Sink sink)
    {
        Span<byte> chunk = _bodies.Scratch(_rest.Length + bytes.Length);
        _rest.CopyTo(chunk);
        bytes.CopyTo(chunk[_rest.Length..]);
        long chunkOffset = file.ReadOffset;
        int position = 0;
        LogEntry entry = default;
        while (true)
        {
            // Before the entry is taken: how long a line may be is pinned, too.
            if (file.ReadOffset >= _nextPinOffset) FollowPin(file, file.ReadOffset, chunk, ref sink);
            if (!_reader!.TryRead(chunk, ref position, chunkOffset, endOfFile && !givenUp, ref entry)) break;
            file.ReadOffset = chunkOffset + position;
            if (entry.OffsetBytes < file.SkipBefore((int)entry.SubStream)) continue;
            if (file.NextCut < file.Checkpoint.Cuts.Count) ApplyRecordedCuts(file, entry.OffsetBytes, chunk, ref sink);
            _joiner!.Add(entry, chunk, file.Ordinal, ref sink);
        }
        ApplyRecordedCuts(file, file.ReadOffset, chunk, ref sink);
        _joiner!.EndChunk(chunk);
        _rest = position == chunk.Length || endOfFile ? [] : chunk[position..].ToArray();
    }

    // The joiner's state comes from the header for every sub-stream that has a durable position in the file.
    private void Prepare(ReceivedFile file, ref Sink sink)
    {
        bool first = _current is null;
        _current = file;
        FollowPin(file, file.ReadOffset, default, ref sink);
        foreach (SubStream subStream in Lanes)
            if ((first || file.SkipBefore((int)subStream) > 0) && !_joiner!.HasPending(subStream)) _joiner.Restore(subStream, file.Checkpoint[subStream].State);
        file.NextCut = 0;
        foreach (((SubStream subStream, StreamPosition start), long length) in _storedExtents) _joiner!.ExpectExtent(subStream, start, length);
    }

    private void FollowPin(ReceivedFile file, long offset, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        Pin pin = file.Checkpoint.PinAt(offset);
        _nextPinOffset = file.Checkpoint.Pins.Find(later => later.FromOffsetBytes > offset)?.FromOffsetBytes ?? long.MaxValue;
        Pin? old = _pinInForce;
        _pinInForce = pin;
        if (old is not null && old.JoiningRule == pin.JoiningRule && old.Format == pin.Format) return;
        RecordJoiner? before = _joiner;
        if (before is not null)
            foreach (SubStream subStream in Lanes) if (before.HasPending(subStream)) Cut(subStream, chunk, ref sink);
        JoiningRule rule = rules.Get(pin.JoiningRule);
        _joiner = new RecordJoiner(rule);
        _reader = new EntryReader(pin.Format, rule.MaxLineBytes);
        if (before is not null)
            foreach (SubStream subStream in Lanes) _joiner.Restore(subStream, before.State(subStream));
        foreach (((SubStream subStream, StreamPosition start), long length) in _storedExtents) _joiner.ExpectExtent(subStream, start, length);
    }

    private void ApplyRecordedCuts(ReceivedFile file, long upTo, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        List<SilenceCut> cuts = file.Checkpoint.Cuts;
        for (; file.NextCut < cuts.Count && cuts[file.NextCut].OffsetBytes <= upTo; file.NextCut++) ApplyCut(file, cuts[file.NextCut], chunk, ref sink);
    }

    private void ApplyCuts(ReceivedFile file, IReadOnlyList<SilenceCut> cuts, ref Sink sink)
    {
        foreach (SilenceCut cut in cuts) ApplyCut(file, cut, default, ref sink);
    }

    private void ApplyCut(ReceivedFile file, SilenceCut cut, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        if (_joiner is not null && _joiner.HasPending(cut.SubStream) && _joiner.PendingStart(cut.SubStream) < new StreamPosition(file.Ordinal, cut.OffsetBytes))
            Cut(cut.SubStream, chunk, ref sink);
    }

    // What is pending may still lie in the chunk that is being read.
    private void Cut(SubStream subStream, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        if (!chunk.IsEmpty) _joiner!.EndChunk(chunk);
        _joiner!.Cut(subStream, ref sink);
    }

    private readonly ref struct Sink(ChunkAssembler assembler, ChunkTicket ticket) : IRecordSink
    {
        public void Accept(in JoinedRecord record)
        {
            if (!assembler._files.TryGetValue(record.Start.FileOrdinal, out ReceivedFile? file)) throw new InvalidOperationException("A record begins in a file that was forgotten.");
            assembler._bodies.Encoder.Encode(file.ReplayEnd, assembler._prefixes!.For(file.Checkpoint, record.Start.OffsetBytes), ticket, record, isCollision: false);
        }
    }
}
