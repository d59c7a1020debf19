using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Processing;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>One file that is being read: its open descriptor, its checkpoint, and how far it was read. Owned by one worker.</summary>
public sealed class TailedFile(FileCheckpoint checkpoint, DiscoveredFile found, ILogFileHandle handle) : FileProgress(checkpoint), IDisposable
{
    /// <summary>Stands for a size that is not known: more than any file has, and no overflow when something is added.</summary>
    public const long UnknownSizeBytes = 1L << 48;

    private const int MostTails = 32;

    // They held its beginning when it was still whole.
    private readonly HashSet<(ulong Device, ulong Inode, long BirthNanos)> _copies = [];

    /// <summary>As it was last seen in its directory.</summary>
    public DiscoveredFile Found { get; set; } = found;

    /// <summary>Open until everything in it was read; null when it was given up or nothing more can come.</summary>
    public ILogFileHandle? Handle { get; private set; } = handle;

    /// <summary>An earlier process may have sent bytes before this offset, whatever is left of them.</summary>
    public long SentBeforeBytes { get; } = checkpoint.HorizonBytes;

    /// <summary>No newline stands between <see cref="FileProgress.ReadOffset"/> and here.</summary>
    public long NoNewlineUntil { get; set; }

    /// <summary>The CRC of what stands before <see cref="FileProgress.ReadOffset"/>, as far as it was read by this process or recorded.</summary>
    public TailCrc Tail
    {
        get;
        set
        {
            field = value;
            if (Tails.Count > 0 && Tails[^1].OffsetBytes >= value.OffsetBytes) return;
            if (Tails.Count == MostTails) Tails.RemoveAt(0);
            Tails.Add(value);
        }
    } = checkpoint.TailCrc;

    /// <summary>The last CRCs, by ascending offset: a copy that ends before what was read is recognised by one of them.</summary>
    public List<TailCrc> Tails { get; } = [.. checkpoint.EarlierTails, checkpoint.TailCrc];

    /// <summary>The CRC that a copy which ends before <see cref="FileProgress.ReadOffset"/> has; null where there is no such copy.</summary>
    public TailCrc? CopyTail { get; set; }

    /// <summary>
    /// The ledger knows nothing of it, though it is older than the ledger: <see cref="FileProgress.ReplayEnd"/> rests on the suspicion that a ledger was lost, and
    /// so many bytes have been looked up without finding anything. Null where there is no suspicion.
    /// </summary>
    public long? SuspectedBytes { get; set; }

    /// <summary>The suspicion was right.</summary>
    public bool IsFoundInStore { get; set; }

    /// <summary>
    /// Bytes that an earlier process may have sent, by the ledger, and that were not read again yet. A suspicion is no such word; and how much of a
    /// compressed file whose size is unknown that is shows only as it is read.
    /// </summary>
    public long ReplayLeftBytes => Math.Max(0, Math.Min(ReadBeforeBytes, LargestKnownBytes) - ReadOffset);

    /// <summary>Bytes before this offset were read before, as far as that is known: <see cref="FileProgress.ReplayEnd"/> without what is a mere suspicion.</summary>
    public long ReadBeforeBytes => SuspectedBytes is not null ? 0 : Checkpoint.SuspectedFromBytes < 0 ? ReplayEnd : Math.Min(ReplayEnd, Checkpoint.SuspectedFromBytes);

    /// <summary>The first line, where the pin depends on it (docker's attributes); else empty.</summary>
    public byte[] FirstLine { get; init; } = [];

    /// <summary>What would be recorded for it now, with the revision of what that rests on (<see cref="IPinSource.RevisionOf"/>); null until it is asked for.</summary>
    public (Pin Pin, long Revision)? Wanted { get; set; }

    /// <summary>When it stopped being the live file of its stream, in <see cref="TimeProvider.GetTimestamp"/> units; null while it is.</summary>
    public long? LeftAt { get; set; }

    /// <summary>When it was found truncated, in <see cref="TimeProvider.GetTimestamp"/> units: a copy may hold the rest. Null when it was not, or its copy was found.</summary>
    public long? TruncatedAt { get; set; }

    /// <summary>A list that was made since <see cref="TruncatedAt"/> has no copy of it.</summary>
    public bool LookedForCopy { get; set; }

    /// <summary>How far it was read before it had to be read again from a copy, as it is not open any more: whether that is stored is not known.</summary>
    public long WasReadTo { get; set; }

    /// <summary>A later look saw it smaller than an earlier one: it was truncated, whatever it holds now.</summary>
    public bool Shrunk { get; set; }

    /// <summary>Its name is gone from the directory.</summary>
    public bool Deleted { get; set; }

    /// <summary>Read to its end, and its successor is being read.</summary>
    public bool Finished { get; set; }

    /// <summary>The largest size seen while what stands before <see cref="FileProgress.ReadOffset"/> was certainly still there: what is lost when it is truncated.</summary>
    public long VerifiedBytes { get; set; }

    /// <summary>The largest size seen; of a compressed file, what was read so far.</summary>
    public long SizeBytes { get; set; } = checkpoint.SizeBytes;

    /// <summary>
    /// Bytes on disk that are not durable. How much a compressed file holds behind what was read of it shows only as it is read: until its end was reached, its size
    /// on disk stands for that.
    /// </summary>
    public long BacklogBytes => Math.Max(0, SizeBytes - Checkpoint.ResumeOffsetBytes) + (Found.Compressed && Handle is not null && !Finished ? Found.SizeBytes : 0);

    /// <summary>How far its stream is behind, as its newest file shows it.</summary>
    public StreamHead HeadOf(string stream, long backlogBytes) => new(stream, Checkpoint.Pins[^1].Tenant, Ordinal, SizeBytes, backlogBytes);

    private long LargestKnownBytes => Checkpoint.HorizonBytes >= UnknownSizeBytes ? SizeBytes : Math.Max(SizeBytes, Checkpoint.HorizonBytes);

    /// <summary>Records <see cref="Tails"/> that lie before the durable one: the last, and twice as far back each time, as a writer may be fast or slow.</summary>
    public void RecordEarlierTails()
    {
        List<TailCrc> recorded = Checkpoint.EarlierTails;
        recorded.Clear();
        int count = Tails.Count;
        while (count > 0 && Tails[count - 1].OffsetBytes >= Checkpoint.TailCrc.OffsetBytes) count--;
        for (int back = 1; back <= count && Tails[count - back].OffsetBytes > 0; back *= 2) recorded.Insert(0, Tails[count - back]);
    }

    /// <summary>A sibling was seen to hold the beginning of this file.</summary>
    public void Copied(DiscoveredFile copy) => _copies.Add((copy.Device, copy.Inode, copy.BirthNanos));

    /// <summary>Whether a sibling was seen to hold the beginning of this file, which may have been truncated since.</summary>
    public bool IsCopiedBy(DiscoveredFile sibling) => _copies.Contains((sibling.Device, sibling.Inode, sibling.BirthNanos));

    /// <summary>
    /// Draws the horizon in, to so many bytes behind all that may have been sent: what lies before it is read again and looked up after a crash, so that a far
    /// one costs a restart. To be called before a commit; what is sent behind it extends it, and is committed, first.
    /// </summary>
    public void DrawHorizonIn(long aheadBytes)
    {
        Checkpoint.HorizonBytes = Math.Min(Checkpoint.HorizonBytes, Math.Max(ReadOffset, Math.Min(ReplayEnd, Checkpoint.HorizonBytes)) + aheadBytes);
        if (Checkpoint.SuspectedFromBytes >= 0) Checkpoint.SuspectedFromBytes = Math.Max(Checkpoint.SuspectedFromBytes, ReadOffset);
    }

    /// <summary>Attaches another descriptor with the same content (a sibling found after a truncation, or after the first was given up).</summary>
    public void Attach(ILogFileHandle handle, DiscoveredFile found)
    {
        Handle?.Dispose();
        Handle = handle;
        Found = found;
        TruncatedAt = null;
        Shrunk = false;
        WasReadTo = 0;
    }

    /// <summary>Gives the descriptor away.</summary>
    public ILogFileHandle? TakeHandle()
    {
        ILogFileHandle? handle = Handle;
        Handle = null;
        return handle;
    }

    public void Close()
    {
        Handle?.Dispose();
        Handle = null;
    }

    public void Dispose() => Close();
}
