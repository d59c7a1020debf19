using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>Which file of the ledger a file on disk is, and what follows from that.</summary>
public sealed partial class StreamLineage
{
    private enum OpenVerdict
    {
        Opened,
        Unknown,
        Moved,
        ListedTooEarly,
        Refused,
    }

    private bool IsSettled(DiscoveredFile found) =>
        _settled.TryGetValue((found.Device, found.Inode), out (long BirthNanos, long SizeBytes) known) && known.BirthNanos == found.BirthNanos && found.BirthNanos != 0
        && (found.Compressed || found.SizeBytes <= known.SizeBytes);

    // gzip deletes what it compressed when its file is whole, and one that is not whole has no sign of it.
    private static bool IsBeingMade(DiscoveredFile found, DiscoveredStream seen) =>
        found.Compressed && seen.Files.Any(original => !original.Compressed && found.Path.Length == original.Path.Length + 3 && found.Path.StartsWith(original.Path, StringComparison.Ordinal));

    // A content that is new under a known name: what was there before may have been copied and truncated since the list was made. The copy is in a list that is
    // younger than the content.
    private bool IsListedTooEarly(DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine)
    {
        if (Stream.Kind != SourceKind.Plain || !found.Live) return false;
        if (Stream.Files.Count == 1 && context.Ledger.OfStream(Stream.Key).Count == 0 && handle.Stat().ModifiedNanos == found.ModifiedNanos) return false;
        FileFingerprint content = FileFingerprint.Of(firstLine);
        if (_newcomer?.Content != content) _newcomer = (content, context.Time.GetTimestamp());
        _listsFrom = Math.Max(_listsFrom, _newcomer.Value.SeenAt);
        return Stream.ListedAt < _listsFrom;
    }

    // Unknown: it is no file that the ledger knows by its inode.
    private OpenVerdict TakeUpByInode(DiscoveredFile found)
    {
        ILogFileHandle? handle = Waiting(found)?.Handle;
        bool waits = handle is not null;
        if (!waits)
        {
            OpenVerdict verdict = TryOpen(found, out handle);
            if (verdict != OpenVerdict.Opened) return verdict;
        }
        try
        {
            Span<byte> head = stackalloc byte[FileFingerprint.MaxBytes];
            if (ReadFirstLine(handle!, ended: !found.Live || Stream.Ended, head, out ReadOnlySpan<byte> firstLine) && _recognizer.FindByInode(Stream, found, handle!, firstLine, _changed) is { } checkpoint)
            {
                StopWaiting(found);
                waits = true; // it has another owner now
                Resume(checkpoint, found, handle!, firstLine);
                return OpenVerdict.Opened;
            }
        }
        catch (IOException)
        {
            if (!waits) handle!.Dispose();
            return OpenVerdict.Refused; // nothing was decided; the next look tries again
        }
        if (!waits) handle!.Dispose();
        return OpenVerdict.Unknown;
    }

    private OpenVerdict TakeUp(DiscoveredFile found)
    {
        WaitingFile? waiting = Waiting(found);
        ILogFileHandle? handle = waiting?.Handle;
        OpenVerdict verdict = handle is null ? TryOpen(found, out handle) : OpenVerdict.Opened;
        return verdict == OpenVerdict.Opened ? TakeUp(found, handle!, ended: !found.Live || Stream.Ended, waiting) : verdict;
    }

    private OpenVerdict TakeUp(DiscoveredFile found, ILogFileHandle handle, bool ended, WaitingFile? waiting)
    {
        try
        {
            Span<byte> head = stackalloc byte[FileFingerprint.MaxBytes];
            if (ReadFirstLine(handle, ended, head, out ReadOnlySpan<byte> firstLine))
            {
                FileCheckpoint? checkpoint = Stream.Kind != SourceKind.Plain ? _recognizer.FindContainerFile(Stream, firstLine)
                    : found.Live ? null // a live path on another inode is another file, whatever it holds
                    : _recognizer.FindCopied(Stream, found, handle, firstLine, candidate => _files.Find(file => file.Checkpoint == candidate));
                if (checkpoint is null && IsListedTooEarly(found, handle, firstLine))
                {
                    if (waiting is null) handle.Dispose();
                    return OpenVerdict.ListedTooEarly;
                }
                if (checkpoint is not null) Resume(checkpoint, found, handle, firstLine);
                else if (Stream.Kind == SourceKind.Plain && !found.Live && waiting is null && !IsOurs(found)) Settle(found, handle);
                else if (Stream.Kind == SourceKind.Plain && !found.Live && IsCopyOfLive(found, handle))
                {
                    handle.Dispose();
                    _copiesOfLive.Add(found);
                }
                else Begin(found, handle, firstLine);
                if (waiting is not null) _waiting.Remove(waiting);
            }
            // An empty file that is left holds nothing to wait for.
            else if (ended && firstLine.IsEmpty && handle.Read(0, head) == 0)
            {
                Settle(found, handle);
                if (waiting is not null) _waiting.Remove(waiting);
            }
            else
            {
                if (waiting is not null) _waiting.Remove(waiting);
                _waiting.Add(new(found, handle));
            }
            return OpenVerdict.Opened;
        }
        catch (IOException)
        {
            if (waiting is null) handle.Dispose();
            return OpenVerdict.Refused; // nothing was decided; the next look tries again
        }
    }

    // copytruncate at work on a file that is not known yet. A file that was renamed is older than its successor, however alike they begin.
    private bool IsCopyOfLive(DiscoveredFile copy, ILogFileHandle handle)
    {
        if (copy.BirthNanos == 0 || copy.Compressed) return false;
        if (Stream.Files.FirstOrDefault(found => found.Live && found.BirthNanos < copy.BirthNanos) is not { } live) return false;
        OpenVerdict verdict = TryOpen(live, out ILogFileHandle? original);
        if (verdict == OpenVerdict.Refused) throw new IOException($"{live.Path} cannot be opened.");
        if (verdict != OpenVerdict.Opened) return false;
        using (original) return FileRecognizer.IsPrefix(handle, original!);
    }

    private void Begin(DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine)
    {
        long revision = context.Pins.RevisionOf(Stream.Origin, TimeSpan.Zero);
        FileCheckpoint checkpoint = Register(found, handle, firstLine);
        var file = new TailedFile(checkpoint, found, handle) { FirstLine = KeptLine(firstLine), Wanted = (checkpoint.Pins[^1], revision) };
        Add(file, found);
        Suspect(file, found, firstLine);
    }

    // Older than the ledger, and its ids are what they always were: the store may have it from before a ledger that was lost.
    private void Suspect(TailedFile file, DiscoveredFile found, ReadOnlySpan<byte> firstLine)
    {
        if (Stream.Kind == SourceKind.Plain || !IsBeforeLedger(FileRecognizer.BornNanos(Stream.Kind, found, firstLine))) return;
        // Recorded, so that another life is as careful.
        file.ReplayEnd = file.Checkpoint.HorizonBytes = found.Compressed ? TailedFile.UnknownSizeBytes : found.SizeBytes;
        file.SuspectedBytes = file.Checkpoint.SuspectedFromBytes = 0;
    }

    private bool IsBeforeLedger(long nanos) => nanos / 1_000_000 <= context.Ledger.BegunAt.ToUnixTimeMilliseconds();

    private void Resume(FileCheckpoint checkpoint, DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine)
    {
        if (_files.Find(file => file.Checkpoint.Id == checkpoint.Id) is { } known)
        {
            if (known.Handle is null && !known.Finished) AttachCopy(known, found, handle);
            else
            {
                // A copy of what was open, and is not there any more: the next read finds that out, and takes the copy up.
                if (known.Handle is { } original && !FileRecognizer.IsPrefix(handle, original)) known.Shrunk = true;
                known.Copied(found);
                // What was given up is looked at again when that is durable.
                if (known.Finished) handle.Dispose();
                else Settle(found, handle);
            }
            return;
        }
        bool reopened = checkpoint.Complete && (context.ReadsLate || found.Live) && !_readLate.Contains(checkpoint) && HasMore(checkpoint, found, handle);
        if (_readLate.Contains(checkpoint))
        {
            handle.Dispose();
            return;
        }
        if (checkpoint.Complete && !reopened)
        {
            Settle(found, handle, checkpoint.ResumeOffsetBytes);
            return;
        }
        if (!checkpoint.Complete && checkpoint.EarlierTails.Count > 0 && !FileRecognizer.Holds(handle, checkpoint.TailCrc)) EndEarlier(checkpoint, found, handle);
        var file = new TailedFile(checkpoint, found, handle) { FirstLine = KeptLine(firstLine) };
        file.ReplayEnd = !found.Compressed && SizeOf(handle) is { } size ? Math.Min(checkpoint.HorizonBytes, Math.Max(found.SizeBytes, size)) : checkpoint.HorizonBytes;
        MoveTo(checkpoint, found);
        if (checkpoint.IsLate || (reopened && !found.Live)) BeginLate(file);
        else
        {
            if (reopened) (checkpoint.Complete, checkpoint.IsLate, checkpoint.EndBytes) = (false, false, -1);
            // It looked left, and is not.
            if (found.Live && !Stream.Ended) checkpoint.EndBytes = -1;
            Add(file, found);
        }
    }

    // What is left of it is a copy that ends before what an earlier process has read of it.
    private void EndEarlier(FileCheckpoint checkpoint, DiscoveredFile copy, ILogFileHandle handle)
    {
        long readTo = checkpoint.TailCrc.OffsetBytes, from = Math.Max(checkpoint.ResumeOffsetBytes, copy.Compressed ? 0 : SizeOf(handle) ?? 0);
        checkpoint.TailCrc = checkpoint.EarlierTails.Last(tail => FileRecognizer.Holds(handle, tail));
        if (readTo > from) CountGap(checkpoint, from, readTo);
    }

    // Bytes behind everything that is stored of a file that was left. In a container's compressed file there are none: it would have to be read for nothing.
    private bool HasMore(FileCheckpoint checkpoint, DiscoveredFile found, ILogFileHandle handle)
    {
        if (!found.Compressed) return found.SizeBytes > checkpoint.ResumeOffsetBytes;
        return (Stream.Kind == SourceKind.Plain || checkpoint.Gap) && handle.Read(checkpoint.ResumeOffsetBytes, stackalloc byte[4096]) > 0;
    }

    private void BeginLate(TailedFile file)
    {
        // Behind the seam everything begins anew.
        if (file.Checkpoint.Complete)
            for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) file.Checkpoint.LanePositions[lane] = new(file.Checkpoint.LanePositions[lane].OffsetBytes, default);
        (file.Checkpoint.IsLate, file.Checkpoint.Complete, file.Checkpoint.EndBytes) = (true, false, file.Checkpoint.Complete ? -1 : file.Checkpoint.EndBytes);
        _settled[(file.Found.Device, file.Found.Inode)] = (file.Found.BirthNanos, long.MaxValue);
        file.SizeBytes = file.Found.Compressed ? file.ReadOffset : SizeOf(file.Handle!) ?? 0;
        file.LeftAt = context.Time.GetTimestamp();
        _changed.Add(file.Checkpoint);
        _late.Add(file);
        _readLate.Add(file.Checkpoint);
    }

    // The original was truncated. What was written to it between the copy and the truncation is gone, unless it had been read.
    private void AttachCopy(TailedFile file, DiscoveredFile copy, ILogFileHandle handle)
    {
        FileCheckpoint checkpoint = file.Checkpoint;
        // It may have been listed while it was being made.
        long size = SizeOf(handle) ?? copy.SizeBytes;
        TailCrc? tail = !copy.Compressed && size <= file.ReadOffset ? FileRecognizer.TailOf(handle, size) : null;
        MoveTo(checkpoint, copy);
        if (tail is not null)
        {
            file.CopyTail = tail;
            checkpoint.TailCrc = tail.Value;
            file.Found = copy;
            (file.TruncatedAt, file.SizeBytes) = (null, file.VerifiedBytes); // nothing more is in it
            Settle(copy, handle);
            return;
        }
        if (!copy.Compressed)
        {
            CountUnread(file, size, file.VerifiedBytes);
            file.SizeBytes = size;
        }
        file.Attach(handle, copy);
    }

    // A renamed file keeps its inode, and a compressed one has lost it; one that was truncated was parted from it.
    private void MoveTo(FileCheckpoint checkpoint, DiscoveredFile found)
    {
        bool isOther = checkpoint.Inode == 0 || (!found.Compressed && !checkpoint.Compressed && (checkpoint.Inode != found.Inode || checkpoint.Device != found.Device));
        if (checkpoint.Kind == SourceKind.Plain && isOther && checkpoint.EndBytes < 0) checkpoint.IsCopy = true;
        (checkpoint.Device, checkpoint.Inode, checkpoint.BirthNanos, checkpoint.Path, checkpoint.Compressed) = (found.Device, found.Inode, found.BirthNanos, found.Path, found.Compressed);
        _changed.Add(checkpoint);
    }

    private byte[] KeptLine(ReadOnlySpan<byte> firstLine) => Stream.Kind == SourceKind.Docker ? firstLine.ToArray() : [];

    private static bool ReadFirstLine(ILogFileHandle handle, bool ended, Span<byte> head, out ReadOnlySpan<byte> firstLine) =>
        FileFingerprint.TryFindFirstLine(head[..handle.ReadWhole(0, head)], ended, out firstLine);

    private WaitingFile? Waiting(DiscoveredFile found) => _waiting.Find(waiting => SameInode(waiting.Found, found));

    private bool StopWaiting(DiscoveredFile found) => _waiting.RemoveAll(waiting => SameInode(waiting.Found, found)) > 0;

    private void Add(TailedFile file, DiscoveredFile found)
    {
        // The list may be older than a truncation, and a truncation may have come since its first line was read.
        file.SizeBytes = found.Compressed ? file.ReadOffset : Math.Max(SizeOf(file.Handle!) ?? 0, file.Checkpoint.Fingerprint.LengthBytes);
        // Younger files are read already: it could not be opened, or was not listed, for a while.
        if (context.ReadsLate && !found.Live && _files.Exists(other => other.Ordinal > file.Ordinal ? other.Finished || other.ReadOffset > other.Checkpoint.ResumeOffsetBytes : other.Found.Live && other.LeftAt is null))
        {
            BeginLate(file);
            return;
        }
        if (!found.Live) file.LeftAt = context.Time.GetTimestamp();
        int at = _files.FindIndex(other => other.Ordinal > file.Ordinal);
        _files.Insert(at < 0 ? _files.Count : at, file);
    }

    private FileCheckpoint Register(DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine)
    {
        IReadOnlyList<FileCheckpoint> earlier = context.Ledger.OfStream(Stream.Key);
        FileCheckpoint file = _recognizer.Create(Stream, found, firstLine, earlier.Count == 0 ? null : earlier[^1]);
        if (!_seenBefore && context.Options.From == "end" && earlier.Count == 0) StartAtEnd(file, handle, found);
        context.Ledger.Register(file);
        _changed.Add(file);
        return file;
    }

    private static void StartAtEnd(FileCheckpoint file, ILogFileHandle handle, DiscoveredFile found)
    {
        if (found.Compressed) return;
        // The last line may be half written.
        long end = handle.EndOfLastLine(0, found.SizeBytes);
        for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) file.LanePositions[lane] = new(end, default);
        file.DroppedBytes = end;
    }

    // A rotated sibling of a plain file is history that nobody asked for, unless it was written since this pipeline first ran here.
    private bool IsOurs(DiscoveredFile found) => found.ModifiedNanos / 1_000_000 >= context.Ledger.BegunAt.ToUnixTimeMilliseconds();

    private void TakeUpDeletedWaiting(DiscoveredStream seen)
    {
        foreach (WaitingFile waiting in _waiting.Where(waiting => !seen.Files.Any(found => SameInode(waiting.Found, found))).ToList())
            TakeUp(waiting.Found with { Live = false }, waiting.Handle, ended: true, waiting);
    }

    // Listed, and destroyed before they could be opened. What was compressed meanwhile is there under another inode: the youngest of them, one for each compressed
    // file that is new.
    private void ReportMissed(DiscoveredStream seen)
    {
        int compressed = seen.Files.Count(found => found.Compressed && !_compressed.Any(before => SameInode(before, found)));
        foreach (DiscoveredFile missed in _unopened.Where(missed => missed.SizeBytes > 0 && IsWanted(missed) && !seen.Files.Any(found => SameInode(found, missed))).Reverse())
        {
            if (!missed.Compressed && compressed-- > 0) continue;
            IReadOnlyList<FileCheckpoint> known = context.Ledger.OfStream(seen.Key);
            FileCheckpoint? same = known.LastOrDefault(file => file.Inode == missed.Inode && file.Device == missed.Device && file.BirthNanos == missed.BirthNanos);
            // What was compressed had another inode before; a container's stamped name is its own.
            if (missed.Compressed && Stream.Kind == SourceKind.Kubelet) same ??= known.LastOrDefault(file => file.Path + ".gz" == missed.Path);
            if (same is { Complete: true } || _files.Exists(file => file.Checkpoint == same)) continue;
            if (missed.Compressed && known is [.., var newest]) CountGap(same ?? newest, $"{missed.Path} was destroyed before it could be opened; how much of it was not stored is not known.");
            else if (same is not null && missed.SizeBytes > same.ResumeOffsetBytes) CountGap(same, same.ResumeOffsetBytes, missed.SizeBytes);
            else if (same is null && known is [.., var last]) CountGap(last, last.ResumeOffsetBytes, last.ResumeOffsetBytes + missed.SizeBytes);
        }
    }

    private IEnumerable<FileCheckpoint> Unfound() =>
        context.Ledger.OfStream(Stream.Key).Where(file => !file.Complete && !_files.Exists(open => open.Checkpoint.Id == file.Id) && !_readLate.Contains(file));

    // What an earlier process had not finished, and what nothing on disk holds any more.
    private void ReportGaps()
    {
        _gapsReported = true;
        foreach (FileCheckpoint file in Unfound().ToList())
        {
            file.Complete = true;
            _changed.Add(file);
            if (file.EndBytes >= 0 && file.ResumeOffsetBytes >= file.EndBytes && !file.IsLate) continue;
            file.Gap = true;
            context.Metrics.LostGaps.Add(1);
            long known = Math.Max(0, file.SizeBytes - file.ResumeOffsetBytes);
            context.Log.Write(known > 0 ? PipelineLogLevel.Error : PipelineLogLevel.Warning, LogEvents.Gap, $"{file.Path}: what lay behind offset {file.ResumeOffsetBytes} was destroyed while nothing read it; at least {known} bytes.");
        }
    }

    private OpenVerdict TryOpen(DiscoveredFile found, out ILogFileHandle? handle)
    {
        handle = null;
        ILogFileHandle? opened = null;
        try
        {
            opened = context.FileSystem.Open(found.Path);
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
            opened?.Dispose();
            return OpenVerdict.Refused; // nothing was read of it; the next look tries again
        }
    }

    private void Settle(DiscoveredFile found, ILogFileHandle handle, long sizeBytes = 0)
    {
        _settled[(found.Device, found.Inode)] = (found.BirthNanos, Math.Max(sizeBytes, found.SizeBytes));
        handle.Dispose();
    }

    // Null: nothing is known; a later look asks again.
    private static long? SizeOf(ILogFileHandle handle)
    {
        try
        {
            return handle.Stat().SizeBytes;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static bool SameInode(DiscoveredFile left, DiscoveredFile right) =>
        left.Inode == right.Inode && left.Device == right.Device && left.BirthNanos == right.BirthNanos;

    private sealed record WaitingFile(DiscoveredFile Found, ILogFileHandle Handle);
}
