using LogPipeline.Formats;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Ledger;

/// <summary>
/// Everything that is durable about one log file: how it is found again, where each sub-stream goes on, the decisions that were made for it,
/// and the account of its bytes. Owned by the worker that owns the file; <see cref="FileCheckpointCodec"/> gives its bytes.
/// </summary>
public sealed class FileCheckpoint
{
    public const int Lanes = 3;

    public required FileId Id { get; init; }

    /// <summary>The stream that it belongs to; see <see cref="DiscoveredStream.Key"/>.</summary>
    public required string StreamKey { get; set; }

    /// <summary>Its place among the stream's files: ascends with rotation; the middle of <c>log.sequence</c>.</summary>
    public required long Ordinal { get; init; }

    public required SourceKind Kind { get; init; }

    public string Path { get; set; } = "";

    public ulong Device { get; set; }

    public ulong Inode { get; set; }

    public long BirthNanos { get; set; }

    public bool Compressed { get; set; }

    /// <summary>Hash of the first line of the uncompressed content (at most <see cref="FileFingerprint.MaxBytes"/>), and how many bytes were hashed.</summary>
    public required FileFingerprint Fingerprint { get; set; }

    /// <summary>Per sub-stream, where reading goes on.</summary>
    public LanePosition[] LanePositions { get; } = new LanePosition[Lanes];

    /// <summary>The CRC of the bytes before <see cref="TailCrc.OffsetBytes"/>: tells a truncated and regrown file.</summary>
    public TailCrc TailCrc { get; set; }

    /// <summary>
    /// CRCs at some earlier offsets, by ascending offset: a copy (copytruncate makes one) that ends before <see cref="TailCrc"/>, as its writer went on, is known by them.
    /// None once it is <see cref="Complete"/>.
    /// </summary>
    public List<TailCrc> EarlierTails { get; } = [];

    /// <summary>No byte at or behind this offset was ever sent: what lies between a resume point and it may be in the store already.</summary>
    public long HorizonBytes { get; set; }

    /// <summary>From this offset on the horizon rests on the suspicion alone that a ledger was lost: no process is known to have read so far. -1 where it does not.</summary>
    public long SuspectedFromBytes { get; set; } = -1;

    /// <summary>Its successor is being read and all of it is durable.</summary>
    public bool Complete
    {
        get;
        set
        {
            field = value;
            if (value) EarlierTails.Clear();
        }
    }

    /// <summary>
    /// The seam: where the file was left for its successor, so that what was pending there goes on in the successor, and bytes that a writer
    /// appends behind it afterwards are records of their own; -1 while it has not been left. Durable before anything that rests on it is sent.
    /// </summary>
    public long EndBytes { get; set; } = -1;

    /// <summary>Bytes came behind <see cref="EndBytes"/>: they are read apart from the stream.</summary>
    public bool IsLate { get; set; }

    /// <summary>
    /// It was truncated, and what is left of it is a copy (copytruncate makes one), which may end before what was sent of it: a record that the store has from
    /// before reaches behind the copy then, and not into the successor.
    /// </summary>
    public bool IsCopy { get; set; }

    /// <summary>Bytes that were known to be on disk when last seen.</summary>
    public long SizeBytes { get; set; }

    /// <summary>Unix milliseconds when it was last seen on disk; entries of files that are gone are forgotten after a while.</summary>
    public long LastSeenMillis { get; set; }

    /// <summary>By ascending offset; the first is from 0.</summary>
    public List<Pin> Pins { get; } = [];

    /// <summary>Cuts on silence that lie behind the durable position of their sub-stream, by ascending offset.</summary>
    public List<SilenceCut> Cuts { get; } = [];

    /// <summary>Stored records by the range in which they begin.</summary>
    public List<RangeCount> Stored { get; } = [];

    /// <summary>Dead-lettered records by the range in which they begin.</summary>
    public List<RangeCount> DeadLettered { get; } = [];

    /// <summary>Bytes that a policy dropped.</summary>
    public long DroppedBytes { get; set; }

    /// <summary>Rotation or deletion destroyed a part of it, of unknown size, while nothing had it open.</summary>
    public bool Gap { get; set; }

    /// <summary>Bytes that were seen on disk and destroyed before they were read.</summary>
    public long LostBytes { get; set; }

    /// <summary>Where reading starts again: the smallest of the sub-streams' offsets.</summary>
    public long ResumeOffsetBytes => Math.Min(LanePositions[0].OffsetBytes, Math.Min(LanePositions[1].OffsetBytes, LanePositions[2].OffsetBytes));

    public LanePosition this[SubStream subStream] => LanePositions[(int)subStream];

    /// <summary>The pin that decides for a record that begins at an offset.</summary>
    public Pin PinAt(long offsetBytes)
    {
        int index = Pins.Count - 1;
        while (index > 0 && Pins[index].FromOffsetBytes > offsetBytes) index--;
        return Pins[index];
    }

    public void CountStored(int range, in RangeCount count) => Add(Stored, range, count);

    public void CountDeadLettered(int range, in RangeCount count) => Add(DeadLettered, range, count);

    private static void Add(List<RangeCount> ranges, int index, in RangeCount count)
    {
        while (ranges.Count <= index) ranges.Add(default);
        ranges[index] = ranges[index].Add(count);
    }
}
