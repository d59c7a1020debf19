using LogPipeline.Formats;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Processing;

/// <summary>
/// The bytes of one stream's files, in order, to encoded records: entries by the pin in force, joined, cut where a cut is recorded or the store has a record's
/// end, and handed to the encoder. Fed from a disk or from the wire; holds only what reading again rebuilds, but for what is known of the store. Reads no clock.
/// </summary>
/// <param name="encoder">Takes the records.</param>
/// <param name="rules">The joining rules of the process.</param>
/// <param name="restart">The container's restart count.</param>
/// <param name="fileOf">The file with an ordinal, for a record that begins in an earlier one.</param>
public sealed class RecordAssembler(RecordEncoder encoder, JoiningRules rules, int restart, Func<long, FileProgress> fileOf)
{
    private static readonly SubStream[] Lanes = [SubStream.None, SubStream.Stdout, SubStream.Stderr];

    private readonly RecordEncoder _encoder = encoder;
    private readonly PrefixCache _prefixes = new(restart);

    // Extents that the store is known to have, in the piece that is being read again.
    private readonly Dictionary<(SubStream Lane, StreamPosition Start), long> _stored = [];
    private RecordJoiner? _joiner;
    private EntryReader? _reader;
    private Pin? _pinInForce;
    private long _nextPinOffset;

    /// <summary>The file that was taken up last; null before the first.</summary>
    public FileProgress? Current { get; private set; }

    /// <summary>A line of the file in hand is cut behind so many bytes.</summary>
    public int MaxPhysicalLineBytes => _reader!.MaxPhysicalLineBytes;

    /// <summary>The rule in force.</summary>
    public JoiningRule Rule => _joiner!.Rule;

    /// <summary>A record is open whose end no content has shown.</summary>
    public bool HasPending => _joiner is not null && Lanes.Any(_joiner.HasPending);

    /// <summary>The sub-streams of which the last <see cref="Read"/> had entries that are not durable, a bit each.</summary>
    public int Touched { get; private set; }

    public bool IsPending(SubStream lane) => _joiner is not null && _joiner.HasPending(lane);

    /// <summary>A record of the sub-stream is open that silence may cut.</summary>
    public bool CanCut(SubStream lane) => _joiner is not null && _joiner.CanCut(lane);

    /// <summary>Where the last line of what is pending in a sub-stream ends: the place of a cut.</summary>
    public StreamPosition PendingEnd(SubStream lane) => _joiner!.PendingEnd(lane)!.Value;

    /// <summary>The resume point behind everything that was read.</summary>
    public ResumeSnapshot ResumeAt(StreamPosition readTo, TailCrc tail) => new(_joiner!, readTo, tail);

    /// <summary>Takes a file up where it is resumed: the joiner's state comes from its checkpoint for every sub-stream that has a durable position in it.</summary>
    public void Prepare(FileProgress file, ChunkTicket ticket)
    {
        bool first = Current is null;
        Current = file;
        var sink = new Sink(this, ticket);
        FollowPin(file, file.ReadOffset, default, ref sink);
        foreach (SubStream lane in Lanes)
        {
            if ((first || file.SkipBefore[(int)lane] > 0) && !_joiner!.HasPending(lane)) _joiner.Restore(lane, file.Checkpoint[lane].State);
        }
        file.NextCut = 0;
        ExpectStored();
    }

    /// <summary>Makes the bytes behind the file's <see cref="FileProgress.ReadOffset"/> into records.</summary>
    /// <param name="file">The one that was prepared last.</param>
    /// <param name="chunk">Changed where a text is decoded in place; free again afterwards.</param>
    /// <param name="endOfFile">An unterminated rest is a line.</param>
    /// <param name="ticket">What the records belong to.</param>
    /// <returns>How many of the bytes were made into entries.</returns>
    public int Read(FileProgress file, Span<byte> chunk, bool endOfFile, ChunkTicket ticket)
    {
        var sink = new Sink(this, ticket);
        long chunkOffset = file.ReadOffset;
        int position = 0, touched = 0;
        LogEntry entry = default;
        while (true)
        {
            // Before the entry is taken: how long a line may be is pinned, too.
            if (file.ReadOffset >= _nextPinOffset) FollowPin(file, file.ReadOffset, chunk, ref sink);
            if (!_reader!.TryRead(chunk, ref position, chunkOffset, endOfFile, ref entry)) break;
            file.ReadOffset = chunkOffset + position;
            if (entry.OffsetBytes < file.SkipBefore[(int)entry.SubStream]) continue;
            if (file.NextCut < file.Checkpoint.Cuts.Count) ApplyRecordedCuts(file, entry.OffsetBytes, chunk, ref sink);
            touched |= 1 << (int)entry.SubStream;
            _joiner!.Add(entry, chunk, file.Ordinal, ref sink);
        }
        ApplyRecordedCuts(file, file.ReadOffset, chunk, ref sink);
        _joiner!.EndChunk(chunk);
        Touched = touched;
        return position;
    }

    /// <summary>Ends what is pending in a sub-stream: a cut that is recorded, or the end of everything.</summary>
    public void End(SubStream lane, ChunkTicket ticket)
    {
        var sink = new Sink(this, ticket);
        _joiner!.End(lane, ref sink);
    }

    /// <summary>Ends what is pending in a sub-stream and begins before a cut.</summary>
    public void Apply(FileProgress file, SilenceCut cut, ChunkTicket ticket)
    {
        var sink = new Sink(this, ticket);
        ApplyCut(file, cut, default, ref sink);
    }

    /// <summary>Pins of the file were added or replaced from its <see cref="FileProgress.ReadOffset"/> on.</summary>
    public void PinsChanged(FileProgress file)
    {
        if (file == Current) _nextPinOffset = file.ReadOffset;
        _prefixes.Clear();
    }

    /// <summary>The store has a record of so many source bytes at that place: when it is read again, a record ends there.</summary>
    public void Expect(SubStream lane, StreamPosition start, long lengthBytes) => _stored[(lane, start)] = lengthBytes;

    /// <summary>What the store has before a durable position is not read again.</summary>
    public void ForgetStored(in ResumeSnapshot durable)
    {
        if (_stored.Count == 0) return;
        foreach ((SubStream Lane, StreamPosition Start) key in _stored.Keys.ToList())
            if (key.Start < durable[key.Lane]) _stored.Remove(key);
    }

    /// <summary>Everything is read again, from a durable position.</summary>
    public void Clear()
    {
        _joiner?.Forget();
        (_joiner, _reader, _pinInForce, Current) = (null, null, null, null);
        _prefixes.Clear();
    }

    private void FollowPin(FileProgress file, long offset, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        Pin pin = file.Checkpoint.PinAt(offset);
        _nextPinOffset = file.Checkpoint.Pins.Find(later => later.FromOffsetBytes > offset)?.FromOffsetBytes ?? long.MaxValue;
        Pin? old = _pinInForce;
        _pinInForce = pin;
        if (old is not null && old.JoiningRule == pin.JoiningRule && old.Format == pin.Format) return;
        RecordJoiner? before = _joiner;
        if (before is not null)
        {
            // What is pending may still lie in the chunk that is being read.
            before.EndChunk(chunk);
            foreach (SubStream lane in Lanes) before.Cut(lane, ref sink);
        }
        JoiningRule rule = rules.Get(pin.JoiningRule);
        _joiner = new RecordJoiner(rule);
        _reader = new EntryReader(pin.Format, rule.MaxLineBytes);
        if (before is not null)
            foreach (SubStream lane in Lanes) _joiner.Restore(lane, before.State(lane));
        ExpectStored();
    }

    private void ApplyRecordedCuts(FileProgress file, long upTo, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        List<SilenceCut> cuts = file.Checkpoint.Cuts;
        for (; file.NextCut < cuts.Count && cuts[file.NextCut].OffsetBytes <= upTo; file.NextCut++) ApplyCut(file, cuts[file.NextCut], chunk, ref sink);
    }

    private void ApplyCut(FileProgress file, SilenceCut cut, ReadOnlySpan<byte> chunk, ref Sink sink)
    {
        if (_joiner is null || !_joiner.HasPending(cut.SubStream) || !(_joiner.PendingStart(cut.SubStream) < new StreamPosition(file.Ordinal, cut.OffsetBytes))) return;
        _joiner.EndChunk(chunk);
        _joiner.End(cut.SubStream, ref sink);
    }

    private void ExpectStored()
    {
        foreach (((SubStream lane, StreamPosition start), long length) in _stored) _joiner!.ExpectExtent(lane, start, length);
    }

    /// <summary>
    /// The store has another extent under the record's id, the joiner was told so, and still the record does not end there: no entry does (it spans what
    /// is destroyed, or was read by another format). It will never be the same record.
    /// </summary>
    private bool IsCollision(in JoinedRecord record) =>
        _stored.Count > 0 && _stored.TryGetValue((record.SubStream, record.Start), out long length) && length != record.SourceLengthBytes;

    private FileProgress FileOf(long ordinal) => Current is { } current && current.Ordinal == ordinal ? current : fileOf(ordinal);

    private readonly ref struct Sink(RecordAssembler assembler, ChunkTicket ticket) : IRecordSink
    {
        public void Accept(in JoinedRecord record)
        {
            FileProgress file = assembler.FileOf(record.Start.FileOrdinal);
            DocumentPrefix prefix = assembler._prefixes.For(file.Checkpoint, record.Start.OffsetBytes);
            assembler._encoder.Encode(file.ReplayEnd, prefix, ticket, record, assembler.IsCollision(record));
        }
    }
}
