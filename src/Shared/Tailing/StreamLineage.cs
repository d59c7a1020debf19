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

    /// <summary>As last discovered.</summary>
    public DiscoveredStream Stream { get; private set; } = first;

    /// <summary>The files that are read or not yet durable, oldest first.</summary>
    public IReadOnlyList<TailedFile> Files => _files;

    /// <summary>The file to read from; null when everything known is read.</summary>
    public TailedFile? Current => _files.Find(file => !file.Finished);

    /// <summary>Files whose identity is not known yet because their first line is not complete.</summary>
    public int WaitingCount => _waiting.Count;

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
        var registered = new List<FileCheckpoint>();
        foreach (DiscoveredFile found in seen.Files)
        {
            if (_files.Find(file => file.Handle is not null && SameInode(file.Found, found)) is { } open) Notice(open, found);
            else if (!IsSettled(found)) TakeUp(found, registered);
        }
        foreach (TailedFile file in _files.Where(file => file.Handle is not null && !file.Deleted && !seen.Files.Any(found => SameInode(file.Found, found))))
        {
            file.Deleted = true;
            Leave(file);
        }
        TakeUpDeletedWaiting(seen, registered);
        if (!_seenBefore) ReportGaps(seen, registered);
        _seenBefore = true;
        return registered;
    }

    /// <summary>The live file holds another content than was read from it: its generation ends, and the new one begins.</summary>
    public List<FileCheckpoint> Truncated(TailedFile file)
    {
        _recognizer.Part(file.Checkpoint);
        file.Close();
        Leave(file);
        _settled.Clear();
        List<FileCheckpoint> registered = Sync(Stream);
        registered.Add(file.Checkpoint);
        // A copy (logrotate's copytruncate makes one) holds the rest: it was attached by its content. Without one the rest is gone.
        if (file.Handle is null) GiveUp(file);
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
            // Renamed, and no successor yet: one will come, or its stream has ended.
            if (!file.Deleted && !Stream.Ended && file.Handle is not null) return LeaveVerdict.Stay;
            return _waiting.Count > 0 || !rested ? LeaveVerdict.WaitForRest : LeaveVerdict.LeaveAndEnd;
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
            context.Log.Write(PipelineLogLevel.Error, "bytes_lost", $"{file.Checkpoint.Path}: {lost} bytes behind offset {file.ReadOffset} were destroyed before they were read.");
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

    private void TakeUp(DiscoveredFile found, List<FileCheckpoint> registered)
    {
        int waitingIndex = _waiting.FindIndex(waiting => SameInode(waiting.Found, found));
        ILogFileHandle handle;
        if (waitingIndex >= 0)
        {
            handle = _waiting[waitingIndex].Handle;
            _waiting.RemoveAt(waitingIndex);
        }
        else if (!TryOpen(found, out handle!)) return;
        TakeUp(found, handle, ended: !found.Live || Stream.Ended, registered);
    }

    private void TakeUp(DiscoveredFile found, ILogFileHandle handle, bool ended, List<FileCheckpoint> registered)
    {
        Span<byte> head = stackalloc byte[FileFingerprint.MaxBytes];
        head = head[..handle.Read(0, head)];
        if (!FileFingerprint.TryFindFirstLine(head, ended, out ReadOnlySpan<byte> firstLine))
        {
            // An empty rotated file holds nothing to wait for.
            if (ended && head.IsEmpty && !found.Live) Settle(found, handle);
            else _waiting.Add(new(found, handle));
            return;
        }
        FileCheckpoint? checkpoint = _recognizer.Find(Stream, found, handle, firstLine);
        if (checkpoint is null && !found.Live && Stream.Kind == SourceKind.Plain && !FollowsKnownFile(found))
        {
            Settle(found, handle); // an old sibling of a plain file that nobody asked for
            return;
        }
        if (checkpoint is null)
        {
            checkpoint = Register(found, handle, firstLine);
            registered.Add(checkpoint);
        }
        else if (_files.Find(file => file.Checkpoint.Id == checkpoint.Id) is { } known)
        {
            if (known.Handle is null) known.Attach(handle, found);
            else Settle(found, handle); // a copy of what is open
            return;
        }
        if (checkpoint.Complete)
        {
            Settle(found, handle);
            return;
        }
        Add(new TailedFile(checkpoint, found, handle) { FirstLine = Stream.Kind == SourceKind.Docker ? firstLine.ToArray() : [] }, found, known: registered.Count == 0 || registered[^1] != checkpoint);
    }

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

    private bool FollowsKnownFile(DiscoveredFile found)
    {
        IReadOnlyList<FileCheckpoint> known = context.Ledger.OfStream(Stream.Key);
        return known.Count > 0 && found.ModifiedNanos / 1_000_000 > known.Max(file => file.LastSeenMillis);
    }

    private void TakeUpDeletedWaiting(DiscoveredStream seen, List<FileCheckpoint> registered)
    {
        foreach (WaitingFile waiting in _waiting.Where(waiting => !seen.Files.Any(found => SameInode(waiting.Found, found))).ToList())
        {
            _waiting.Remove(waiting);
            TakeUp(waiting.Found with { Live = false }, waiting.Handle, ended: true, registered);
        }
    }

    // What an earlier process had not finished, and what nothing on disk holds any more.
    private void ReportGaps(DiscoveredStream seen, List<FileCheckpoint> changed)
    {
        foreach (FileCheckpoint file in context.Ledger.OfStream(seen.Key).Where(file => !file.Complete && !_files.Exists(open => open.Checkpoint.Id == file.Id)))
        {
            file.Complete = true;
            changed.Add(file);
            if (file.ResumeOffsetBytes >= file.SizeBytes) continue;
            file.Gap = true;
            context.Metrics.LostGaps.Add(1);
            context.Log.Write(PipelineLogLevel.Error, "gap", $"{file.Path}: what lay behind offset {file.ResumeOffsetBytes} was destroyed while nothing read it; at least {file.SizeBytes - file.ResumeOffsetBytes} bytes.");
        }
    }

    private bool TryOpen(DiscoveredFile found, out ILogFileHandle? handle)
    {
        handle = null;
        try
        {
            ILogFileHandle opened = context.FileSystem.Open(found.Path);
            FileStatus status = opened.Stat();
            if (status.Inode != found.Inode || status.Device != found.Device)
            {
                opened.Dispose(); // renamed since it was listed: the next look sees what is there now
                return false;
            }
            handle = found.Compressed ? new GzipFileHandle(opened) : opened;
            return true;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false; // nothing was read of it; the next look tries again
        }
    }

    private void Settle(DiscoveredFile found, ILogFileHandle handle)
    {
        _settled[(found.Device, found.Inode)] = found.BirthNanos;
        handle.Dispose();
    }

    private static bool SameInode(DiscoveredFile left, DiscoveredFile right) => left.Inode == right.Inode && left.Device == right.Device;

    private sealed record WaitingFile(DiscoveredFile Found, ILogFileHandle Handle);
}
