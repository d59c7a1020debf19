using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>
/// The files of one stream in the order in which they were written, and the verdicts of rotation: which of the files on disk is which, which is
/// read now, and when it may be left for its successor. Owned by one worker.
/// </summary>
public sealed class StreamLineage(LineageContext context, DiscoveredStream first) : IDisposable
{
    /// <summary>
    /// How long a file that was renamed or deleted may still be written to before an empty successor is taken for real. containerd was seen to
    /// write 23 ms behind a rename under load.
    /// </summary>
    private static readonly TimeSpan LeaveAfter = TimeSpan.FromSeconds(2);

    private readonly FileRecognizer _recognizer = new(context);
    private readonly List<TailedFile> _files = [];
    private readonly List<WaitingFile> _waiting = [];
    private readonly Dictionary<(ulong Device, ulong Inode), long> _settled = [];
    private readonly HashSet<FileId> _lost = [];
    private bool _seenBefore;

    // A truncation was noticed then: in a list that is older its copy may be missing.
    private long _listsFrom = long.MinValue;
    private bool _lookedTwice;

    /// <summary>As last discovered.</summary>
    public DiscoveredStream Stream { get; private set; } = first;

    /// <summary>The files that are read or not yet durable, oldest first.</summary>
    public IReadOnlyList<TailedFile> Files => _files;

    /// <summary>The file to read from; null when everything known is read.</summary>
    public TailedFile? Current => IsStale && !_seenBefore ? null : _files.Find(file => !file.Finished);

    /// <summary>The last list of files was overtaken by a rename, a deletion or a truncation: it has to be made again before anything newer is taken up.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Files whose identity is not known yet because their first line is not complete.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Bytes of those files.</summary>
    public long WaitingBytes => _waiting.Sum(waiting => waiting.Handle.Stat().SizeBytes);

    /// <summary>Nothing is left to read, and nothing of it is on disk any more or will be written.</summary>
    public bool IsOver => _waiting.Count == 0 && _files.Count == 0 && (Stream.Files.Count == 0 || Stream.Ended);

    public TailedFile? ByOrdinal(long ordinal)
    {
        foreach (TailedFile file in _files) if (file.Ordinal == ordinal) return file;
        return null;
    }

    /// <summary>Compares what is on disk now with what is known: takes new files up, notices renames and deletions. Returns the checkpoints that must be durable before anything of them is sent.</summary>
    public List<FileCheckpoint> Sync(DiscoveredStream seen)
    {
        Stream = seen;
        IsStale = seen.ListedAt < _listsFrom;
        if (IsStale) return [];
        var registered = new List<FileCheckpoint>();
        var unknown = new List<DiscoveredFile>();
        foreach (DiscoveredFile found in seen.Files)
        {
            if (_files.Find(file => file.Handle is not null && SameInode(file.Found, found)) is { } open) Notice(open, found);
            else if (!IsSettled(found)) unknown.Add(found);
        }
        // What keeps its inode is itself; only then may another file be its copy.
        if (Stream.Kind == SourceKind.Plain) unknown.RemoveAll(found => TakeUpByInode(found, registered));
        if (seen.ListedAt < _listsFrom)
        {
            IsStale = true;
            return registered;
        }
        // Oldest first. A file that was renamed since it was listed ends the pass: what is newer must not come before it.
        IsStale = unknown.Exists(found => !TakeUp(found, registered));
        foreach (TailedFile file in _files.Where(file => file.Handle is not null && !file.Deleted && !seen.Files.Any(found => SameInode(file.Found, found))))
        {
            file.Deleted = true;
            Leave(file);
        }
        TakeUpDeletedWaiting(seen, registered);
        if (!IsStale) IsStale = IsMissedOnce();
        if (!_seenBefore && !IsStale) ReportGaps(registered);
        _seenBefore |= !IsStale;
        return registered;
    }

    /// <summary>The live file holds another content than was read from it: its generation ends, and the new one begins.</summary>
    public List<FileCheckpoint> Truncated(TailedFile file)
    {
        _recognizer.Part(file.Checkpoint);
        file.Close();
        Leave(file);
        _settled.Clear();
        _lookedTwice = false;
        _listsFrom = context.Time.GetTimestamp();
        List<FileCheckpoint> registered = Sync(Stream);
        registered.Add(file.Checkpoint);
        // A copy (logrotate's copytruncate makes one) holds the rest: it is attached by its content. Without one in a list made since, the rest is gone.
        if (file.Handle is null && !IsStale) GiveUp(file);
        return registered;
    }

    /// <summary>Whether a file that was read to its end may be left now, and whether that ends the stream.</summary>
    public LeaveVerdict MayLeave(TailedFile file)
    {
        bool successor = _files.Exists(other => other.Ordinal > file.Ordinal);
        bool successorHasContent = _files.Exists(other => other.Ordinal > file.Ordinal && other.SizeBytes > 0);
        if (file.LeftAt is { } leftAt)
        {
            if (successorHasContent || file.Found.Compressed && successor) return LeaveVerdict.Leave;
            bool rested = context.Time.GetElapsedTime(leftAt) >= LeaveAfter;
            if (successor) return rested ? LeaveVerdict.Leave : LeaveVerdict.WaitForRest;
            // Left, and no successor taken up yet: one will come, or the stream has ended.
            if (IsStale || Stream.Files.Any(found => found.Live) && !Stream.Ended) return LeaveVerdict.Stay;
            if (!file.Deleted && !Stream.Ended && file.Handle is not null) return LeaveVerdict.Stay;
            return rested && _waiting.Count == 0 ? LeaveVerdict.LeaveAndEnd : LeaveVerdict.WaitForRest;
        }
        if (!Stream.Ended) return LeaveVerdict.Stay;
        Leave(file);
        return LeaveVerdict.WaitForRest;
    }

    /// <summary>Takes a file out whose every byte is durable.</summary>
    public void Settle(TailedFile file)
    {
        file.Checkpoint.Complete = true;
        _settled[(file.Found.Device, file.Found.Inode)] = file.Found.BirthNanos;
        file.Close();
        _files.Remove(file);
    }

    /// <summary>Gives a file up that cannot be read any more: what was on disk behind the last byte read is lost, and counted.</summary>
    public void GiveUp(TailedFile file)
    {
        file.Close();
        long lost = Math.Max(0, file.SizeBytes - file.ReadOffset);
        if (lost > 0 && _lost.Add(file.Checkpoint.Id))
        {
            file.Checkpoint.LostBytes += lost;
            context.Metrics.LostBytes.Add(lost);
            context.Log.Write(PipelineLogLevel.Error, LogEvents.BytesLost, $"{file.Checkpoint.Path}: {lost} bytes behind offset {file.ReadOffset} were destroyed before they were read.");
        }
        file.SizeBytes = file.ReadOffset;
    }

    public void Dispose()
    {
        foreach (TailedFile file in _files) file.Dispose();
        foreach (WaitingFile waiting in _waiting) waiting.Handle.Dispose();
    }

    private void Notice(TailedFile open, DiscoveredFile found)
    {
        bool wasLive = open.Found.Live;
        open.Found = found;
        open.Deleted = false;
        if (!found.Compressed) open.SizeBytes = Math.Max(found.SizeBytes, open.ReadOffset);
        open.Checkpoint.Path = found.Path;
        if (wasLive && !found.Live) Leave(open);
    }

    private void Leave(TailedFile file)
    {
        if (file.LeftAt is not null) return;
        file.LeftAt = context.Time.GetTimestamp();
        context.Metrics.Rotations.Add(1);
    }

    private bool IsSettled(DiscoveredFile found) =>
        _settled.TryGetValue((found.Device, found.Inode), out long birth) && birth == found.BirthNanos && birth != 0;

    // A live file that is known with another content was truncated while nothing read it.
    private bool TakeUpByInode(DiscoveredFile found, List<FileCheckpoint> changed)
    {
        ILogFileHandle? handle = Waiting(found)?.Handle;
        if (handle is null && TryOpen(found, out handle) != OpenVerdict.Opened) return false;
        Span<byte> head = stackalloc byte[FileFingerprint.MaxBytes];
        if (ReadFirstLine(handle!, ended: !found.Live || Stream.Ended, head, out ReadOnlySpan<byte> firstLine) && _recognizer.FindByInode(found, handle!, firstLine) is { } checkpoint)
        {
            StopWaiting(found);
            Resume(checkpoint, found, handle!, firstLine);
            return true;
        }
        if (Waiting(found) is null) handle!.Dispose();
        if (found.Live && _recognizer.PartFromInode(Stream, found, _files) is { Count: > 0 } parted)
        {
            changed.AddRange(parted);
            _listsFrom = context.Time.GetTimestamp();
        }
        return false;
    }

    // False: it is not where it was listed any more.
    private bool TakeUp(DiscoveredFile found, List<FileCheckpoint> registered)
    {
        ILogFileHandle? handle = Waiting(found)?.Handle;
        OpenVerdict verdict = handle is null ? TryOpen(found, out handle) : OpenVerdict.Opened;
        if (verdict == OpenVerdict.Opened) TakeUp(found, handle!, ended: !found.Live || Stream.Ended, registered);
        return verdict != OpenVerdict.Moved;
    }

    private void TakeUp(DiscoveredFile found, ILogFileHandle handle, bool ended, List<FileCheckpoint> registered)
    {
        bool wasWaiting = StopWaiting(found);
        Span<byte> head = stackalloc byte[FileFingerprint.MaxBytes];
        if (!ReadFirstLine(handle, ended, head, out ReadOnlySpan<byte> firstLine))
        {
            // An empty file that nothing will be written to any more holds nothing to wait for.
            if (ended && firstLine.IsEmpty && handle.Read(0, head) == 0) Settle(found, handle);
            else _waiting.Add(new(found, handle));
            return;
        }
        FileCheckpoint? checkpoint = Stream.Kind != SourceKind.Plain ? _recognizer.FindContainerFile(Stream, firstLine)
            : found.Live ? null // a live path on another inode is another file, whatever it holds
            : _recognizer.FindCopied(handle, firstLine, candidate => _files.Find(file => file.Checkpoint == candidate)?.Handle);
        if (checkpoint is not null) Resume(checkpoint, found, handle, firstLine);
        else if (Stream.Kind == SourceKind.Plain && !found.Live && !wasWaiting && !IsOurs(found)) Settle(found, handle);
        else
        {
            checkpoint = Register(found, handle, firstLine);
            registered.Add(checkpoint);
            Add(new TailedFile(checkpoint, found, handle) { FirstLine = KeptLine(firstLine) }, found, known: false);
        }
    }

    private void Resume(FileCheckpoint checkpoint, DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine)
    {
        if (_files.Find(file => file.Checkpoint.Id == checkpoint.Id) is { } known)
        {
            if (known.Handle is null) known.Attach(handle, found);
            else Settle(found, handle); // a copy of what is open
        }
        else if (checkpoint.Complete) Settle(found, handle);
        else Add(new TailedFile(checkpoint, found, handle) { FirstLine = KeptLine(firstLine) }, found, known: true);
    }

    private byte[] KeptLine(ReadOnlySpan<byte> firstLine) => Stream.Kind == SourceKind.Docker ? firstLine.ToArray() : [];

    private static bool ReadFirstLine(ILogFileHandle handle, bool ended, Span<byte> head, out ReadOnlySpan<byte> firstLine) =>
        FileFingerprint.TryFindFirstLine(head[..handle.Read(0, head)], ended, out firstLine);

    private WaitingFile? Waiting(DiscoveredFile found) => _waiting.Find(waiting => SameInode(waiting.Found, found));

    private bool StopWaiting(DiscoveredFile found) => _waiting.RemoveAll(waiting => SameInode(waiting.Found, found)) > 0;

    private void Add(TailedFile file, DiscoveredFile found, bool known)
    {
        file.SizeBytes = found.Compressed ? file.ReadOffset : found.SizeBytes;
        if (known)
        {
            file.ReplayEnd = found.Compressed ? file.Checkpoint.HorizonBytes : Math.Min(file.Checkpoint.HorizonBytes, found.SizeBytes);
            file.Checkpoint.Path = found.Path;
        }
        if (!found.Live) file.LeftAt = context.Time.GetTimestamp();
        int at = _files.FindIndex(other => other.Ordinal > file.Ordinal);
        _files.Insert(at < 0 ? _files.Count : at, file);
    }

    private FileCheckpoint Register(DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine)
    {
        IReadOnlyList<FileCheckpoint> earlier = context.Ledger.OfStream(Stream.Key);
        FileCheckpoint file = _recognizer.Create(Stream, found, firstLine, earlier.Count == 0 ? 0 : earlier[^1].Ordinal + 1);
        if (!_seenBefore && context.Options.From == "end" && earlier.Count == 0) StartAtEnd(file, handle, found);
        context.Ledger.Register(file);
        return file;
    }

    private static void StartAtEnd(FileCheckpoint file, ILogFileHandle handle, DiscoveredFile found)
    {
        if (found.Compressed) return;
        // The last line may be half written: begin behind the last newline.
        Span<byte> tail = stackalloc byte[4096];
        long end = found.SizeBytes;
        while (end > 0)
        {
            long start = Math.Max(0, end - tail.Length);
            int read = handle.Read(start, tail[..(int)(end - start)]);
            int newline = tail[..read].LastIndexOf((byte)'\n');
            end = newline >= 0 ? start + newline + 1 : start;
            if (newline < 0) continue;
            break;
        }
        for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) file.LanePositions[lane] = new(end, default);
        file.DroppedBytes = end;
    }

    // A rotated sibling of a plain file is history that nobody asked for, unless it was written since this pipeline first ran here.
    private bool IsOurs(DiscoveredFile found) => found.ModifiedNanos / 1_000_000 >= context.Ledger.BegunAt.ToUnixTimeMilliseconds();

    private void TakeUpDeletedWaiting(DiscoveredStream seen, List<FileCheckpoint> registered)
    {
        foreach (WaitingFile waiting in _waiting.Where(waiting => !seen.Files.Any(found => SameInode(waiting.Found, found))).ToList())
        {
            TakeUp(waiting.Found with { Live = false }, waiting.Handle, ended: true, registered);
        }
    }

    // A file whose name changes while its directory is read may be missing in that list: it is missing when the next one has not got it either.
    private bool IsMissedOnce()
    {
        bool misses = _files.Exists(file => file.Handle is null && !file.Finished) || (!_seenBefore && Unfound().Any());
        if (!misses || _lookedTwice || Stream.ListedAt == long.MaxValue) return false;
        _lookedTwice = true;
        _listsFrom = context.Time.GetTimestamp();
        return true;
    }

    private IEnumerable<FileCheckpoint> Unfound() =>
        context.Ledger.OfStream(Stream.Key).Where(file => !file.Complete && !_files.Exists(open => open.Checkpoint.Id == file.Id));

    // What an earlier process had not finished, and what nothing on disk holds any more.
    private void ReportGaps(List<FileCheckpoint> changed)
    {
        foreach (FileCheckpoint file in Unfound())
        {
            file.Complete = true;
            changed.Add(file);
            if (file.ResumeOffsetBytes >= file.SizeBytes) continue;
            file.Gap = true;
            context.Metrics.LostGaps.Add(1);
            context.Log.Write(PipelineLogLevel.Error, LogEvents.Gap, $"{file.Path}: what lay behind offset {file.ResumeOffsetBytes} was destroyed while nothing read it; at least {file.SizeBytes - file.ResumeOffsetBytes} bytes.");
        }
    }

    private OpenVerdict TryOpen(DiscoveredFile found, out ILogFileHandle? handle)
    {
        handle = null;
        try
        {
            ILogFileHandle opened = context.FileSystem.Open(found.Path);
            FileStatus status = opened.Stat();
            if (status.Inode != found.Inode || status.Device != found.Device || status.BirthNanos != found.BirthNanos)
            {
                opened.Dispose();
                return OpenVerdict.Moved;
            }
            handle = found.Compressed ? new GzipFileHandle(opened) : opened;
            return OpenVerdict.Opened;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return OpenVerdict.Moved;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return OpenVerdict.Refused; // nothing was read of it; the next look tries again
        }
    }

    private void Settle(DiscoveredFile found, ILogFileHandle handle)
    {
        _settled[(found.Device, found.Inode)] = found.BirthNanos;
        handle.Dispose();
    }

    private static bool SameInode(DiscoveredFile left, DiscoveredFile right) =>
        left.Inode == right.Inode && left.Device == right.Device && left.BirthNanos == right.BirthNanos;

    private enum OpenVerdict
    {
        Opened,
        Moved,
        Refused,
    }

    private sealed record WaitingFile(DiscoveredFile Found, ILogFileHandle Handle);
}
