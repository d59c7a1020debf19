using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>
/// The files of one stream in the order in which they were written, and the verdicts of rotation: which of the files on disk is which, which is
/// read now, and when it may be left for its successor. Owned by one worker.
/// </summary>
public sealed partial class StreamLineage(LineageContext context, DiscoveredStream first) : IDisposable
{
    /// <summary>
    /// How long a file that was renamed or deleted may still be written to before an empty successor is taken for real. containerd was seen to
    /// write 23 ms behind a rename under load.
    /// </summary>
    private static readonly TimeSpan LeaveAfter = TimeSpan.FromSeconds(2);

    /// <summary>For how long a file that cannot be opened holds up those that were written after it.</summary>
    private static readonly TimeSpan RefusedHolds = TimeSpan.FromMinutes(1);

    /// <summary>How often it is tried meanwhile.</summary>
    private static readonly TimeSpan RefusedTriedEvery = TimeSpan.FromSeconds(1);

    /// <summary>How often it is tried after that, for as long as it is refused.</summary>
    private static readonly TimeSpan RefusedTriedLater = TimeSpan.FromSeconds(30);

    private readonly FileRecognizer _recognizer = new(context);
    private readonly List<TailedFile> _files = [];
    private readonly List<WaitingFile> _waiting = [];
    private readonly Dictionary<(ulong Device, ulong Inode), (long BirthNanos, long SizeBytes)> _settled = [];
    private readonly HashSet<FileCheckpoint> _changed = [];
    private readonly List<TailedFile> _late = [];
    private readonly HashSet<FileCheckpoint> _readLate = [];

    // Siblings that hold the beginning of a live file which is not taken up yet.
    private readonly List<DiscoveredFile> _copiesOfLive = [];

    // Of the last list that was used: what of it was not opened, and what was compressed then.
    private IReadOnlyList<DiscoveredFile> _unopened = [], _compressed = [];
    private long? _refusedAt;
    private bool _seenBefore, _gapsReported, _incomplete, _overtaken, _wantsLook;
    private long _triedRefusedAt;

    // Only what was listed since then has the copies of what was truncated.
    private long _listsFrom = long.MinValue;
    private (FileFingerprint Content, long SeenAt)? _newcomer;

    /// <summary>A lineage of one file that got bytes after it had been left.</summary>
    public StreamLineage(LineageContext context, DiscoveredStream stream, TailedFile late) : this(context, stream with { Files = [], Ended = true })
    {
        _files.Add(late);
        _seenBefore = true;
    }

    /// <summary>As last discovered.</summary>
    public DiscoveredStream Stream { get; private set; } = first;

    /// <summary>The files that are read or not yet durable, oldest first.</summary>
    public IReadOnlyList<TailedFile> Files => _files;

    /// <summary>The file to read from; null when everything known is read, or as long as a file that may have to come first was listed and could not be opened.</summary>
    public TailedFile? Current => _seenBefore ? _files.Find(file => !file.Finished) : null;

    /// <summary>The last list of files was overtaken by a rename or a deletion: it has to be made again before anything newer is taken up.</summary>
    public bool IsStale => _overtaken;

    /// <summary>Files whose identity is not known yet because their first line is not complete.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Bytes of those files.</summary>
    public long WaitingBytes => _waiting.Sum(waiting => SizeOf(waiting.Handle) ?? waiting.Found.SizeBytes);

    /// <summary>Bytes on disk that are not durable, as far as they are known; more than zero as long as anything that an earlier process had not finished is still looked for.</summary>
    public long BacklogBytes => _files.Sum(file => file.BacklogBytes) + WaitingBytes + Refused.Sum(found => found.SizeBytes) + (_seenBefore ? 0 : Unfound().Sum(file => Math.Max(1, file.SizeBytes - file.ResumeOffsetBytes)));

    /// <summary>Nothing is left to read, and nothing of it is on disk any more or will be written, as far as a list that can be relied on says.</summary>
    public bool IsOver => !_incomplete && Refused.Count == 0 && _waiting.Count == 0 && _files.Count == 0 && (Stream.Files.Count == 0 || Stream.Ended);

    /// <summary>The files that could not be opened at the last look: nothing of them is read.</summary>
    public IReadOnlyList<DiscoveredFile> Refused { get; private set; } = [];

    public TailedFile? ByOrdinal(long ordinal)
    {
        foreach (TailedFile file in _files) if (file.Ordinal == ordinal) return file;
        return null;
    }

    /// <summary>
    /// Compares what is on disk now with what is known: takes new files up, notices renames and deletions. What must be durable before anything of
    /// them is sent is handed out by <see cref="TakeChanged"/>, also when a file could not be read.
    /// </summary>
    public void Sync(DiscoveredStream seen)
    {
        Stream = seen;
        _overtaken = seen.ListedAt < _listsFrom;
        if (_overtaken)
        {
            _incomplete = true;
            return;
        }
        ReportMissed(seen);
        var unknown = new List<DiscoveredFile>();
        foreach (DiscoveredFile found in seen.Files)
        {
            if (_files.Find(file => file.Handle is not null && SameInode(file.Found, found)) is { } open) Notice(open, found);
            else if (!IsSettled(found) && !IsBeingMade(found, seen)) unknown.Add(found);
        }
        foreach (TailedFile file in _files.Where(file => file.Handle is not null && !file.Deleted && !seen.Files.Any(found => SameInode(file.Found, found))))
        {
            file.Deleted = true;
            Leave(file);
        }
        var refused = new HashSet<DiscoveredFile>();
        // What keeps its inode is itself; only then may another file be its copy.
        _incomplete = Stream.Kind == SourceKind.Plain && !TakeUpAll(unknown, TakeUpByInode, refused);
        // They were seen before everything that is not known yet.
        if (!_incomplete) TakeUpDeletedWaiting(seen);
        _copiesOfLive.Clear();
        _incomplete = _incomplete || !TakeUpAll(unknown, TakeUp, refused);
        // Their original is read now, which lets it know them.
        _incomplete = _incomplete || !TakeUpAll([.. _copiesOfLive], TakeUp, refused);
        NoteRefused(refused);
        (_unopened, _compressed) = (unknown, [.. seen.Files.Where(found => found.Compressed)]);
        if (_incomplete) return;
        if (seen.Files.Count > 0)
            foreach (TailedFile file in _files.Where(file => file.TruncatedAt < seen.ListedAt)) file.LookedForCopy = true;
        _seenBefore = true;
        if (!_gapsReported && refused.Count == 0) ReportGaps();
    }

    // Oldest first. A file that was renamed since it was listed, or cannot be opened, ends the pass: what is newer must not come before it.
    private bool TakeUpAll(List<DiscoveredFile> unknown, Func<DiscoveredFile, OpenVerdict> takeUp, HashSet<DiscoveredFile> refused)
    {
        foreach (DiscoveredFile found in unknown.ToList())
        {
            if (refused.Contains(found)) continue;
            OpenVerdict verdict = takeUp(found);
            if (verdict == OpenVerdict.Opened) unknown.Remove(found);
            _overtaken |= verdict is OpenVerdict.Moved or OpenVerdict.ListedTooEarly;
            if (verdict == OpenVerdict.Refused) refused.Add(found);
            if (verdict is OpenVerdict.Moved or OpenVerdict.ListedTooEarly || (verdict == OpenVerdict.Refused && MustWaitForRefused(found))) return false;
        }
        return true;
    }

    /// <summary>The checkpoints that have changed and must be durable before anything that rests on them is sent.</summary>
    public IReadOnlyCollection<FileCheckpoint> TakeChanged()
    {
        if (_changed.Count == 0) return [];
        FileCheckpoint[] changed = [.. _changed];
        _changed.Clear();
        return changed;
    }

    /// <summary>Files that got bytes behind the seam after they had been left: each is to be read as a stream of its own.</summary>
    public IReadOnlyList<TailedFile> TakeLate()
    {
        if (_late.Count == 0) return [];
        TailedFile[] late = [.. _late];
        _late.Clear();
        return late;
    }

    /// <summary>Nothing can be said of its files before another look, as the last one was overtaken, or a file that may come first cannot be opened.</summary>
    public bool IsHeldUp => _incomplete;

    /// <summary>True when the directory should be listed again: once for each reason, and now and then as long as a file could not be opened.</summary>
    public bool TakeWantsLook()
    {
        _wantsLook |= IsRefusedDue();
        return _wantsLook && !(_wantsLook = false);
    }

    /// <summary>
    /// The file holds another content than was read from it: its generation ends, and the new one begins. A copy (logrotate's copytruncate makes
    /// one) holds the rest, and is attached by its content when it is seen; until then, or for as long as <see cref="AwaitsCopy"/>, nothing is given up.
    /// </summary>
    public void Truncated(TailedFile file)
    {
        _recognizer.Part(file.Checkpoint);
        _changed.Add(file.Checkpoint);
        file.Close();
        (file.TruncatedAt, file.LookedForCopy) = (context.Time.GetTimestamp(), false);
        _wantsLook = true; // the last list may be older than the copy
        Leave(file);
        _settled.Clear();
    }

    /// <summary>Closes a deleted file that is not read to its end: a sibling with the same content is attached when it is seen, as after a truncation.</summary>
    public void Abandon(TailedFile file)
    {
        if (file.Handle is { } handle && !file.Found.Compressed)
        {
            if (!FileRecognizer.IsStill(handle, file))
            {
                Truncated(file);
                return;
            }
            // It may have been written to since it was last looked at, and nobody sees it any more. What cannot be looked at is kept: what is lost with it could not be told.
            if (SizeOf(handle) is not { } size) return;
            file.SizeBytes = Math.Max(file.SizeBytes, size);
        }
        file.Close();
        file.VerifiedBytes = file.SizeBytes;
        AwaitCopy(file);
    }

    /// <summary>A file that was read to its end and is not open any more has to be read again: from a copy, where there is one.</summary>
    public void ReadFromCopy(TailedFile file)
    {
        (file.WasReadTo, file.VerifiedBytes, file.SizeBytes) = (file.ReadOffset, file.ReadOffset, file.ReadOffset);
        AwaitCopy(file);
    }

    /// <summary>
    /// It was truncated or given up, and no list that was made since says that no sibling holds the rest of it. A list without any file is no such word at once: the
    /// live file may have been renamed, and not been created anew yet.
    /// </summary>
    public bool AwaitsCopy(TailedFile file) =>
        file.TruncatedAt is { } at && !file.LookedForCopy && (Stream.Files.Count > 0 || context.Time.GetElapsedTime(at) < LeaveAfter);

    /// <summary>Whether a file that was read to its end may be left now, and whether that ends the stream.</summary>
    public LeaveVerdict MayLeave(TailedFile file)
    {
        // One whose first line is not complete is a successor, too.
        bool successor = _waiting.Count > 0 || _files.Exists(other => other.Ordinal > file.Ordinal);
        bool successorHasContent = _files.Exists(other => other.Ordinal > file.Ordinal && other.SizeBytes > 0);
        // An earlier process has decided it: what is pending goes on in the successor.
        if (file.Checkpoint.EndBytes >= 0 && successor) return LeaveVerdict.Leave;
        if (file.Checkpoint.EndBytes >= 0 && file.LeftAt is { } since && !_incomplete && !Stream.Files.Any(found => found.Live)) return context.Time.GetElapsedTime(since) >= LeaveAfter ? LeaveVerdict.LeaveAndEnd : LeaveVerdict.WaitForRest;
        if (file.LeftAt is { } leftAt)
        {
            if (successorHasContent || file.Found.Compressed && successor) return LeaveVerdict.Leave;
            bool rested = context.Time.GetElapsedTime(leftAt) >= LeaveAfter;
            if (successor) return rested ? LeaveVerdict.Leave : LeaveVerdict.WaitForRest;
            // What came after it is being read apart, or was destroyed: nothing of it goes on there.
            if (!_incomplete && HasKnownSuccessor(file)) return rested ? LeaveVerdict.LeaveAndEnd : LeaveVerdict.WaitForRest;
            // Left, and no successor taken up yet: one will come, or the stream has ended.
            if (_incomplete || Stream.Files.Any(found => found.Live) && !Stream.Ended) return LeaveVerdict.Stay;
            if (!file.Deleted && !Stream.Ended && file.Handle is not null) return LeaveVerdict.Stay;
            return rested && _waiting.Count == 0 ? LeaveVerdict.LeaveAndEnd : LeaveVerdict.WaitForRest;
        }
        if (!Stream.Ended) return LeaveVerdict.Stay;
        Leave(file);
        return LeaveVerdict.WaitForRest;
    }

    /// <summary>The ledger has a file of the stream that was written behind this one, wherever it is now.</summary>
    public bool HasKnownSuccessor(TailedFile file) => context.Ledger.OfStream(Stream.Key) is [.., var newest] && newest.Ordinal > file.Ordinal;

    /// <summary>The file that is read next was written behind this one: none that was known in between is gone.</summary>
    public bool IsFollowed(TailedFile file)
    {
        long next = _files.Find(other => other.Ordinal > file.Ordinal)?.Ordinal ?? long.MaxValue;
        return !context.Ledger.OfStream(Stream.Key).Any(between => between.Ordinal > file.Ordinal && between.Ordinal < next);
    }

    /// <summary>Every file was read and left, and no other is there or will come.</summary>
    public bool HasNoMore => _seenBefore && !_incomplete && _waiting.Count == 0 && _files.Count > 0 && _files.TrueForAll(file => file.Finished) && (Stream.Ended || !Stream.Files.Any(found => found.Live));

    /// <summary>The last file was left so long ago that nothing will be written to it.</summary>
    public bool HasRested => _files[^1].LeftAt is not { } leftAt || context.Time.GetElapsedTime(leftAt) >= LeaveAfter;

    /// <summary>Takes a file out whose every byte is durable, but for those that came after it had been left.</summary>
    public void Settle(TailedFile file)
    {
        file.Checkpoint.Complete = true;
        _files.Remove(file);
        if (context.ReadsLate && file.Handle is { } handle && !file.Found.Compressed && !file.Shrunk && !file.Checkpoint.IsLate && SizeOf(handle) is { } size && size > file.ReadOffset)
        {
            _settled[(file.Found.Device, file.Found.Inode)] = (file.Found.BirthNanos, long.MaxValue);
            BeginLate(new TailedFile(file.Checkpoint, file.Found, file.TakeHandle()!));
            return;
        }
        // What a compressed plain file has behind the seam is looked for by the next look.
        if (file.Found.Compressed && Stream.Kind == SourceKind.Plain) _wantsLook = true;
        // Where it was truncated, another content has its inode now.
        else if (file.Handle is not null) _settled[(file.Found.Device, file.Found.Inode)] = (file.Found.BirthNanos, file.ReadOffset);
        file.Close();
    }

    /// <summary>A file that <see cref="TakeLate"/> gave is all durable.</summary>
    public void LateEnded(TailedFile late)
    {
        _readLate.Remove(late.Checkpoint);
        // Looked at once more, as more may have come.
        _settled.Remove((late.Found.Device, late.Found.Inode));
        _wantsLook = true;
    }

    /// <summary>
    /// Gives a file up that cannot be read any more: what was seen on disk behind the last byte read is lost, and counted. False when nothing was. What an
    /// earlier process may have sent is a gap, and so is the rest of a compressed file, unless an earlier process has read it to its end.
    /// </summary>
    public bool GiveUp(TailedFile file)
    {
        file.Close();
        long from = file.ReadOffset, end = Math.Max(file.TruncatedAt is null ? file.SizeBytes : file.VerifiedBytes, file.Found.Compressed ? file.Checkpoint.EndBytes : 0);
        file.ReadOffset = file.SizeBytes = Math.Max(from, file.WasReadTo);
        CountUnread(file, from, end);
        if (!file.Found.Compressed || file.Checkpoint.EndBytes >= 0) return end > from;
        CountGap(file.Checkpoint, $"what lay behind offset {from} was destroyed before it was read; how much that was is not known.");
        return true;
    }

    /// <summary>What lies between two places of a file was read, and cannot be read again: how much of it is stored is not known.</summary>
    public void CountGap(FileCheckpoint file, long fromBytes, long toBytes) => CountGap(file, $"what lay behind offset {fromBytes} was destroyed before all of it was stored; at most {toBytes - fromBytes} bytes.");

    public void Dispose()
    {
        foreach (TailedFile file in _files.Concat(_late)) file.Dispose();
        foreach (WaitingFile waiting in _waiting) waiting.Handle.Dispose();
    }

    private void NoteRefused(HashSet<DiscoveredFile> refused)
    {
        if (refused.Count == 0) _refusedAt = null;
        Refused = [.. refused.Where(IsWanted)];
    }

    // Those behind it wait for a while, as it may have to come before them; not for ever.
    private bool MustWaitForRefused(DiscoveredFile refused)
    {
        if (!IsWanted(refused)) return false;
        _refusedAt ??= _triedRefusedAt = context.Time.GetTimestamp();
        return context.Time.GetElapsedTime(_refusedAt.Value) < RefusedHolds;
    }

    private bool IsRefusedDue()
    {
        if (_refusedAt is null || context.Time.GetElapsedTime(_triedRefusedAt) < (_incomplete ? RefusedTriedEvery : RefusedTriedLater)) return false;
        _triedRefusedAt = context.Time.GetTimestamp();
        return true;
    }

    private bool IsWanted(DiscoveredFile found) => Stream.Kind != SourceKind.Plain || found.Live || IsOurs(found);

    private void AwaitCopy(TailedFile file)
    {
        (file.TruncatedAt, file.LookedForCopy) = (context.Time.GetTimestamp(), false);
        _wantsLook = true;
        _settled.Clear();
    }

    private void CountGap(FileCheckpoint file, string what)
    {
        file.Gap = true;
        _changed.Add(file);
        context.Metrics.LostGaps.Add(1);
        context.Log.Write(PipelineLogLevel.Error, LogEvents.Gap, $"{file.Path}: {what}");
    }

    // What an earlier process, or this one, may have sent of it is stored, or is not.
    private void CountUnread(TailedFile file, long fromBytes, long toBytes)
    {
        long sentBefore = Math.Clamp(toBytes, fromBytes, Math.Max(fromBytes, Math.Max(file.ReadBeforeBytes, file.WasReadTo)));
        if (sentBefore > fromBytes) CountGap(file.Checkpoint, fromBytes, sentBefore);
        CountLost(file, Math.Max(0, toBytes - sentBefore));
    }

    private void CountLost(TailedFile file, long lost)
    {
        if (lost == 0) return;
        file.Checkpoint.LostBytes += lost;
        _changed.Add(file.Checkpoint);
        context.Metrics.LostBytes.Add(lost);
        context.Log.Write(PipelineLogLevel.Error, LogEvents.BytesLost, $"{file.Checkpoint.Path}: {lost} bytes behind offset {file.ReadOffset} were destroyed before they were read.");
    }

    private void Notice(TailedFile open, DiscoveredFile found)
    {
        bool wasLive = open.Found.Live;
        open.Found = found;
        open.Deleted = false;
        // The size in the list may be that of another content, before or after a truncation.
        if (!found.Compressed && SizeOf(open.Handle!) is { } size)
        {
            open.Shrunk |= size < open.SizeBytes;
            if (!open.Shrunk) open.SizeBytes = size;
        }
        open.Checkpoint.Path = found.Path;
        if (wasLive && !found.Live) Leave(open);
    }

    private void Leave(TailedFile file)
    {
        if (file.LeftAt is not null) return;
        file.LeftAt = context.Time.GetTimestamp();
        context.Metrics.Rotations.Add(1);
    }
}
