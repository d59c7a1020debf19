using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tenancy;

namespace LogPipeline.Processing;

/// <summary>
/// The files of one stream as whoever reads them sees them, whether records are made of the bytes here or elsewhere: what is decided before bytes go out
/// and has to be durable first (<see cref="Uncommitted"/>), what progress has changed (<see cref="Dirty"/>), and the way back. Owned by one worker or actor.
/// </summary>
internal sealed class TailedStream : IDisposable
{
    /// <summary>How far beyond what was read the horizon is set, so that it is made durable rarely.</summary>
    private const long HorizonStepBytes = 32 << 20;

    private static readonly SubStream[] Lanes = [SubStream.None, SubStream.Stdout, SubStream.Stderr];

    private readonly LineageContext _context;
    private readonly StreamLineage _lineage;
    private readonly HashSet<FileCheckpoint> _uncommitted = [];
    private readonly HashSet<FileCheckpoint> _dirty = [];
    private readonly Action<bool>? _changed;
    private readonly LogOrigin _origin;
    private readonly long _knownSince;

    /// <param name="context">What all streams share.</param>
    /// <param name="lineage">Its files; disposed with this.</param>
    /// <param name="changed">Told when there is something to make durable where there was nothing: whether it is a decision.</param>
    public TailedStream(LineageContext context, StreamLineage lineage, Action<bool>? changed = null)
    {
        (_context, _lineage, _changed) = (context, lineage, changed);
        (_origin, _knownSince) = (lineage.Stream.Origin, context.Time.GetTimestamp());
        context.Pins.Enter(_origin);
    }

    public StreamLineage Lineage => _lineage;

    /// <summary>Checkpoints that must be durable before anything more goes out.</summary>
    public IReadOnlyCollection<FileCheckpoint> Uncommitted => _uncommitted;

    /// <summary>Checkpoints that acknowledged progress has changed.</summary>
    public IReadOnlyCollection<FileCheckpoint> Dirty => _dirty;

    public bool HasUncommitted => _uncommitted.Count > 0;

    public bool HasDirty => _dirty.Count > 0;

    /// <summary>Bytes read from all its files so far, bytes read again included.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>Nothing waits for being recorded.</summary>
    public bool IsRecorded => !HasDirty && !HasUncommitted;

    /// <summary>Now, in nanoseconds since the Unix epoch.</summary>
    public long NowNanos => (_context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>Where reading goes on.</summary>
    /// <param name="file">The file that was read last.</param>
    public (StreamPosition At, TailCrc Tail) ReadTo(TailedFile file)
    {
        TailedFile? readIn = file.Finished ? _lineage.Current : file;
        return readIn is not null ? (new(readIn.Ordinal, readIn.ReadOffset), readIn.Tail) : (new(file.Ordinal + 1, 0), default);
    }

    /// <summary>The checkpoints have been made durable.</summary>
    public void Committed()
    {
        _uncommitted.Clear();
        _dirty.Clear();
        foreach (TailedFile file in _lineage.Files.Where(file => file.Checkpoint.Complete).ToList()) _lineage.Settle(file);
        TakeChanged();
    }

    public void Sync(DiscoveredStream stream)
    {
        _lineage.Sync(stream);
        TakeChanged();
    }

    /// <summary>Bytes behind a file's <see cref="FileProgress.ReadOffset"/> go out next: extends the horizon, counts them.</summary>
    public void WillSend(TailedFile file, int bytes)
    {
        long end = file.ReadOffset + bytes;
        if (end <= file.Checkpoint.HorizonBytes) return;
        file.Checkpoint.HorizonBytes = end + HorizonStepBytes;
        file.Checkpoint.SuspectedFromBytes = -1;
        Decided(file.Checkpoint);
    }

    /// <summary>Today's day, and what the configuration says now, take effect where nothing was ever sent. True when a pin was added at <see cref="FileProgress.ReadOffset"/>.</summary>
    public bool RefreshPin(TailedFile file, long nowNanos)
    {
        List<Pin> pins = file.Checkpoint.Pins;
        Pin last = pins[^1];
        if (file.ReadOffset < file.ReplayEnd || last.FromOffsetBytes > file.ReadOffset) return false;
        Pin wanted = WantedPin(file);
        // What is not read is not sent under its pin either: leaving it out has its own place (Exclude).
        if (!wanted.IsDecided || wanted.IsExcluded) return false;
        int day = wanted.Day < 0 ? wanted.Day : IndexNames.UtcDay(nowNanos);
        if (last.Day == day && (ReferenceEquals(last, wanted) || last.SaysTheSameAs(wanted))) return false;
        pins.RemoveAll(unused => unused.FromOffsetBytes >= file.ReadOffset);
        pins.Add(wanted with { FromOffsetBytes = file.ReadOffset, Day = day, Path = last.Path });
        Decided(file.Checkpoint);
        return true;
    }

    /// <summary>Whether it is known where the file's next records go. Nothing of it may be read before; then what is known takes the place of what was left open.</summary>
    public bool IsDecided(TailedFile file)
    {
        List<Pin> pins = file.Checkpoint.Pins;
        if (_context.Pins.IsAwaited(_lineage.Stream.Origin, Waited)) return false;
        if (pins[^1].IsDecided) return true;
        Pin wanted = WantedPin(file);
        if (!wanted.IsDecided) return false;
        pins[^1] = wanted with { FromOffsetBytes = pins[^1].FromOffsetBytes, Path = pins[^1].Path };
        Decided(file.Checkpoint);
        return true;
    }

    /// <summary>Whether what comes next of a file is not to be read. Bytes that may be stored already are read again, whatever is wanted now.</summary>
    public bool IsExcluded(TailedFile file)
    {
        Pin wanted = WantedPin(file);
        if (file.Checkpoint.Pins[^1].IsExcluded && !wanted.IsExcluded) RefreshPin(file, NowNanos);
        return file.Checkpoint.Pins[^1].IsExcluded || (wanted.IsExcluded && wanted.IsDecided && file.ReadOffset >= file.ReplayEnd);
    }

    /// <summary>
    /// Leaves out what is on disk of a file behind the durable position, up to the last line end, and counts it as dropped. Only when nothing of the stream is under way: positions
    /// go over it at once.
    /// </summary>
    /// <param name="file">Excluded.</param>
    /// <param name="toEnd">Its writer has left it: what follows the last line end, too.</param>
    /// <returns>False when it holds another content than was seen before.</returns>
    public bool Exclude(TailedFile file, bool toEnd)
    {
        FileCheckpoint checkpoint = file.Checkpoint;
        long from = checkpoint.ResumeOffsetBytes;
        if (ExcludedBytes.EndOf(file, toEnd) is not { } end) return false;
        if (end.OffsetBytes <= file.ReadOffset && checkpoint.Pins[^1].IsExcluded) return true;
        if (!checkpoint.Pins[^1].IsExcluded)
        {
            checkpoint.Pins.RemoveAll(unused => unused.FromOffsetBytes >= file.ReadOffset);
            checkpoint.Pins.Add(WantedPin(file) with { FromOffsetBytes = file.ReadOffset, Path = checkpoint.Path });
        }
        long dropped = file.Found.Compressed ? file.Found.SizeBytes : end.OffsetBytes - from;
        for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) checkpoint.LanePositions[lane] = new(end.OffsetBytes, default);
        checkpoint.Cuts.Clear();
        (file.ReadOffset, file.Tail, file.NextCut) = (end.OffsetBytes, end, 0);
        (checkpoint.TailCrc, checkpoint.SizeBytes) = (end, Math.Max(file.SizeBytes, end.OffsetBytes));
        checkpoint.DroppedBytes += dropped;
        _context.Metrics.DroppedBytes.Add(dropped, new KeyValuePair<string, object?>("reason", "excluded"));
        Progressed(checkpoint);
        return true;
    }

    /// <summary>Counts bytes that were read.</summary>
    /// <param name="file">Their file.</param>
    /// <param name="fromOffset">Where they begin.</param>
    /// <param name="bytes">How many.</param>
    public void CountRead(TailedFile file, long fromOffset, int bytes)
    {
        ReadBytes += bytes;
        _context.Metrics.ReadBytes.Add(bytes);
        if (fromOffset < file.ReadBeforeBytes) _context.Metrics.RereadBytes.Add(Math.Min(file.ReadBeforeBytes - fromOffset, bytes));
    }

    /// <summary>A decision about a file was changed in its checkpoint.</summary>
    public void Decided(FileCheckpoint file)
    {
        if (_uncommitted.Add(file) && _uncommitted.Count == 1) _changed?.Invoke(true);
    }

    /// <summary>Decides a cut, which takes effect for others once it is durable.</summary>
    public void DecideCut(TailedFile file, SilenceCut cut)
    {
        List<SilenceCut> cuts = file.Checkpoint.Cuts;
        int at = cuts.FindIndex(later => later.OffsetBytes > cut.OffsetBytes);
        cuts.Insert(at < 0 ? cuts.Count : at, cut);
        Decided(file.Checkpoint);
    }

    /// <summary>
    /// Whether what is pending at the end of a file goes on in the one that is read next. Not when a file that was known in between is gone, and not behind a copy that
    /// ends before what may have been sent of its original: what the store has behind that end would be taken for the next file's first bytes.
    /// </summary>
    public bool GoesOn(TailedFile file, long endBytes) =>
        _lineage.IsFollowed(file) && (!file.Checkpoint.IsCopy || file.Checkpoint.EndBytes >= 0 || Math.Max(file.SentBeforeBytes, file.ReplayEnd) <= endBytes);

    /// <summary>What it means that a file was read to its end and is not left.</summary>
    public ReadOutcome Stays(TailedFile file, LeaveVerdict verdict)
    {
        // An earlier process may have sent what comes next, joined to what is pending: the line without an end that is left of it, or a successor that is not found or cannot be opened now.
        if (file.ReadOffset < file.Checkpoint.EndBytes || (file.LeftAt is not null && (_lineage.IsHeldUp || _lineage.HasKnownSuccessor(file)))) return ReadOutcome.NotYetReadable;
        return verdict == LeaveVerdict.WaitForRest ? ReadOutcome.LookAgainSoon : ReadOutcome.AtEnd;
    }

    /// <summary>The file ends where reading stands, whatever is written to it later.</summary>
    public void DecideEnd(TailedFile file)
    {
        file.Finished = true;
        file.Checkpoint.EndBytes = file.ReadOffset;
        Decided(file.Checkpoint);
    }

    public ReadOutcome Truncated(TailedFile file)
    {
        _lineage.Truncated(file);
        TakeChanged();
        return ReadOutcome.Progress;
    }

    /// <summary>Gives a descriptor up that must not be held any longer.</summary>
    public void Abandon(TailedFile file)
    {
        _lineage.Abandon(file);
        TakeChanged();
    }

    /// <summary>Gives a file up that cannot be read any more. True when nothing that is pending there goes on in the successor: something is lost, or what is left of the file is shorter.</summary>
    public bool GiveUp(TailedFile file)
    {
        bool lost = _lineage.GiveUp(file);
        TakeChanged();
        file.Finished = true;
        return lost || file.CopyTail is not null;
    }

    /// <summary>Everything before a resume point is durable. Positions never go back.</summary>
    public void Advance(in ResumeSnapshot after)
    {
        bool isKnown = false;
        foreach (TailedFile file in _lineage.Files)
        {
            bool isBehind = file.Ordinal > after.ReadTo.FileOrdinal;
            if (isBehind && (isKnown || after.ReadTo.OffsetBytes > 0)) break;
            isKnown |= file.Ordinal == after.ReadTo.FileOrdinal;
            if (isBehind) Begin(file, after);
            else Advance(file, after);
            Progressed(file.Checkpoint);
            if (isBehind) break;
        }
    }

    /// <summary>Progress has changed a checkpoint.</summary>
    public void Progressed(FileCheckpoint file)
    {
        if (_dirty.Add(file) && _dirty.Count == 1) _changed?.Invoke(false);
    }

    /// <summary>Reading goes back to the durable position; what was sent behind it may be stored.</summary>
    public void Rewind()
    {
        foreach (TailedFile file in _lineage.Files)
        {
            if (file.Handle is null && file.Finished)
            {
                if (file.ReadOffset <= file.Checkpoint.ResumeOffsetBytes) continue;
                _lineage.ReadFromCopy(file);
            }
            file.ReplayEnd = Math.Max(file.ReplayEnd, file.ReadOffset);
            file.ReadOffset = file.Checkpoint.ResumeOffsetBytes;
            file.NoNewlineUntil = 0;
            file.Tail = file.Checkpoint.TailCrc;
            file.Finished = file.Checkpoint.Complete;
            for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) file.SkipBefore[lane] = file.Checkpoint.LanePositions[lane].OffsetBytes;
        }
        TakeChanged();
    }

    public void Dispose()
    {
        _context.Pins.Leave(_origin);
        _lineage.Dispose();
    }

    private TimeSpan Waited => _context.Time.GetElapsedTime(_knownSince);

    private Pin WantedPin(TailedFile file)
    {
        TimeSpan waited = Waited;
        long revision = _context.Pins.RevisionOf(_lineage.Stream.Origin, waited);
        if (file.Wanted is not { } wanted || wanted.Revision != revision)
            file.Wanted = wanted = (_context.Pins.PinFor(_lineage.Stream, file.FirstLine, 0, waited, file.Checkpoint.Pins[^1]), revision);
        return wanted.Pin;
    }

    private void TakeChanged()
    {
        foreach (FileCheckpoint file in _lineage.TakeChanged()) Decided(file);
    }

    // The file behind a place that was told as the next one's before it was known.
    private static void Begin(TailedFile next, in ResumeSnapshot after)
    {
        foreach (SubStream lane in Lanes)
            if (after[lane] == after.ReadTo && next.Checkpoint[lane].OffsetBytes == 0) next.Checkpoint.LanePositions[(int)lane] = new(0, after.StateOf(lane));
    }

    private static void Advance(TailedFile file, in ResumeSnapshot after)
    {
        FileCheckpoint checkpoint = file.Checkpoint;
        foreach (SubStream lane in Lanes)
        {
            StreamPosition position = after[lane];
            LanePosition known = checkpoint.LanePositions[(int)lane];
            // What is read again lies before what is durable of another sub-stream.
            if (position.FileOrdinal == file.Ordinal && position.OffsetBytes >= known.OffsetBytes)
                checkpoint.LanePositions[(int)lane] = new(position.OffsetBytes, after.StateOf(lane));
            else if (position.FileOrdinal > file.Ordinal)
                // With its state, which goes on in a successor that may not be known yet.
                checkpoint.LanePositions[(int)lane] = new(Math.Max(file.ReadOffset, known.OffsetBytes), after.StateOf(lane));
        }
        if (file.CopyTail is { } copyTail) checkpoint.TailCrc = copyTail;
        else checkpoint.TailCrc = after.ReadTo.FileOrdinal == file.Ordinal ? after.Tail : file.Tail;
        // A container's files are known by name and first line.
        if (checkpoint.Kind == SourceKind.Plain) file.RecordEarlierTails();
        checkpoint.SizeBytes = Math.Max(file.SizeBytes, checkpoint.ResumeOffsetBytes);
        if (after.Earliest.FileOrdinal > file.Ordinal && file.Finished) checkpoint.Complete = true;
        int passed = checkpoint.Cuts.RemoveAll(cut => cut.OffsetBytes <= checkpoint[cut.SubStream].OffsetBytes);
        file.NextCut = Math.Max(0, file.NextCut - passed);
    }
}
