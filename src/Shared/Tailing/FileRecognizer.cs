using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>Says which file a descriptor leads to: one whose checkpoint the ledger has, or a new one, which gets its identity here.</summary>
public sealed class FileRecognizer(LineageContext context)
{
    /// <summary>
    /// The checkpoint of the plain file that had this inode, or null. When the file was truncated since (its content before the recorded position is
    /// another), it is no longer that file: its checkpoint is parted from the inode here.
    /// </summary>
    /// <param name="stream">The stream that it was listed in.</param>
    /// <param name="found">As listed.</param>
    /// <param name="handle">Its descriptor.</param>
    /// <param name="firstLine">Its first line.</param>
    /// <param name="parted">Gets the checkpoints that were parted from the inode.</param>
    public FileCheckpoint? FindByInode(DiscoveredStream stream, DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine, ICollection<FileCheckpoint> parted)
    {
        foreach (FileCheckpoint candidate in context.Ledger.FindByFingerprint(FileFingerprint.Of(firstLine)))
        {
            if (candidate.Kind != SourceKind.Plain || !SameInode(candidate, found)) continue;
            // Without birth times an inode is no proof: in another stream it is another file that got the number.
            if (candidate.StreamKey != stream.Key && candidate.BirthNanos == 0) continue;
            if (Holds(handle, candidate.TailCrc)) return candidate;
            Part(candidate);
            parted.Add(candidate);
        }
        return null;
    }

    /// <summary>The checkpoint of a container's file, by its first line; or null.</summary>
    public FileCheckpoint? FindContainerFile(DiscoveredStream stream, ReadOnlySpan<byte> firstLine) =>
        context.Ledger.Find(FileIdentity.OfContainerFile(context.Cluster, stream.Kind, stream.Origin, firstLine));

    /// <summary>
    /// The checkpoint of the plain file that a rotated sibling on another inode holds a copy of (compressed, or made by copytruncate); or null.
    /// </summary>
    /// <param name="stream">The stream that it is a sibling in.</param>
    /// <param name="found">The sibling as listed.</param>
    /// <param name="handle">Its descriptor.</param>
    /// <param name="firstLine">Its first line.</param>
    /// <param name="readAs">The file that is being read under a checkpoint; null for others.</param>
    /// <remarks>
    /// Of several contents that begin alike, the one of which the copy holds the most. A copy may end before what was read of its original: the
    /// writer went on between the copy and the truncation. Then it holds everything that is known of the original before its end.
    /// </remarks>
    public FileCheckpoint? FindCopied(DiscoveredStream stream, DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine, Func<FileCheckpoint, TailedFile?> readAs)
    {
        FileCheckpoint[] candidates = [.. context.Ledger.FindByFingerprint(FileFingerprint.Of(firstLine)).Where(candidate => candidate.Kind == SourceKind.Plain && candidate.StreamKey == stream.Key)];
        FileCheckpoint? best = null;
        long bestOffset = -1;
        foreach (FileCheckpoint candidate in candidates.OrderBy(file => file.Ordinal))
        {
            TailedFile? known = readAs(candidate);
            if (known is not null && (known.IsCopiedBy(found) || (known.Handle is { } original && IsPrefix(handle, original)))) return candidate;
            TailCrc held = known?.Tails.LastOrDefault(tail => Holds(handle, tail)) ?? LastBeforeEnd(handle, candidate);
            if (candidate.TailCrc.OffsetBytes > held.OffsetBytes && Holds(handle, candidate.TailCrc)) held = candidate.TailCrc;
            // That the first line is the same is proof enough only where no other file begins so.
            bool proven = held.OffsetBytes > firstLine.Length || (candidates.Length == 1 && held.OffsetBytes == Math.Max(candidate.TailCrc.OffsetBytes, known?.Tail.OffsetBytes ?? 0));
            if (!proven || held.OffsetBytes <= bestOffset) continue;
            best = candidate;
            bestOffset = held.OffsetBytes;
        }
        return best;
    }

    /// <summary>The checkpoint of a file that is not in the ledger; not registered yet.</summary>
    /// <param name="stream">The stream that it belongs to.</param>
    /// <param name="found">As listed.</param>
    /// <param name="firstLine">Its first line.</param>
    /// <param name="before">The stream's newest file so far: what was cut at its end goes on here.</param>
    public FileCheckpoint Create(DiscoveredStream stream, DiscoveredFile found, ReadOnlySpan<byte> firstLine, FileCheckpoint? before)
    {
        long nowNanos = (context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        FileId id = stream.Kind == SourceKind.Plain
            ? FileIdentity.OfPlainFile(context.Host, found.Path, nowNanos, context.Random())
            : FileIdentity.OfContainerFile(context.Cluster, stream.Kind, stream.Origin, firstLine);
        long bornNanos = BornNanos(stream.Kind, found, firstLine) is > 0 and var born ? born : nowNanos;
        var file = new FileCheckpoint
        {
            Id = id, StreamKey = stream.Key, Kind = stream.Kind, Path = found.Path, Device = found.Device, Inode = found.Inode, BirthNanos = found.BirthNanos,
            Compressed = found.Compressed, Fingerprint = FileFingerprint.Of(firstLine),
            // Seconds of its beginning, so that a lost ledger goes on counting upwards; never below its predecessors, whatever the clock does.
            Ordinal = Math.Max(before?.Ordinal + 1 ?? 0, bornNanos / 1_000_000_000),
        };
        file.Pins.Add(context.Pins.PinFor(stream, firstLine, 0, recorded: before?.Pins[^1]));
        if (before is { EndBytes: >= 0, IsLate: false })
            for (int lane = 0; lane < FileCheckpoint.Lanes; lane++)
                if (before.LanePositions[lane].OffsetBytes >= before.EndBytes) file.LanePositions[lane] = new(0, before.LanePositions[lane].State);
        return file;
    }

    /// <summary>When a file was begun, in nanoseconds since the Unix epoch: as its first line says, which compression does not change; 0 when nothing tells.</summary>
    public static long BornNanos(SourceKind kind, DiscoveredFile found, ReadOnlySpan<byte> firstLine)
    {
        if (Rfc3339Nano.TryParse(firstLine, out long first, out _)) return first;
        return kind == SourceKind.Docker && DockerLine.TryParse(firstLine.TrimEnd((byte)'\n'), out DockerLine line) ? line.TimestampNanos : found.BirthNanos;
    }

    // Of a content that no file of this process has: the last CRC before a copy's end, where the copy ends before what was durable and holds that.
    private static TailCrc LastBeforeEnd(ILogFileHandle copy, FileCheckpoint original)
    {
        TailCrc last = original.EarlierTails.LastOrDefault(tail => Reaches(copy, tail.OffsetBytes));
        return last.OffsetBytes > 0 && !Reaches(copy, original.TailCrc.OffsetBytes) && Holds(copy, last) ? last : default;
    }

    private static bool Reaches(ILogFileHandle handle, long offsetBytes) => handle.ReadWhole(offsetBytes - 1, stackalloc byte[1]) == 1;

    /// <summary>Ends the tie between a checkpoint and its inode: what is there now is another content.</summary>
    public void Part(FileCheckpoint truncated)
    {
        truncated.Inode = 0;
        context.Metrics.Truncations.Add(1);
        context.Log.Write(PipelineLogLevel.Info, LogEvents.FileTruncated, $"{truncated.Path} was truncated; a new generation begins.");
    }

    private static bool SameInode(FileCheckpoint file, DiscoveredFile found) =>
        file.Inode == found.Inode && file.Device == found.Device && file.Compressed == found.Compressed
        && (file.BirthNanos == found.BirthNanos || file.BirthNanos == 0 || found.BirthNanos == 0);

    /// <summary>Whether a file begins with the first line that was hashed.</summary>
    public static bool Begins(ILogFileHandle handle, FileFingerprint fingerprint)
    {
        Span<byte> head = stackalloc byte[FileFingerprint.MaxBytes];
        head = head[..fingerprint.LengthBytes];
        return handle.ReadWhole(0, head) == head.Length && FileFingerprint.Of(head) == fingerprint;
    }

    /// <summary>Whether the bytes that a CRC covers are still in a file, where they were.</summary>
    public static bool Holds(ILogFileHandle handle, TailCrc crc)
    {
        Span<byte> covered = stackalloc byte[crc.LengthBytes];
        return handle.ReadWhole(crc.OffsetBytes - covered.Length, covered) == covered.Length && crc.Matches(covered);
    }

    /// <summary>The CRC of the bytes before an offset.</summary>
    public static TailCrc TailOf(ILogFileHandle handle, long offsetBytes)
    {
        Span<byte> tail = stackalloc byte[(int)Math.Min(offsetBytes, TailCrc.MaxBytes)];
        return handle.ReadWhole(offsetBytes - tail.Length, tail) == tail.Length ? TailCrc.Of(offsetBytes, tail) : throw new IOException("A file became shorter while it was read.");
    }

    /// <summary>Whether a descriptor still leads to what was read of a file, as far as that can be told: what cannot be read, nobody can tell.</summary>
    public static bool IsStill(ILogFileHandle handle, TailedFile file)
    {
        if (file.Shrunk) return false;
        try
        {
            return Begins(handle, file.Checkpoint.Fingerprint) && Holds(handle, file.Tail);
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Whether a file holds the beginning of another, as a copy that is being made does. The first piece decides: two logs do not begin alike for so long.</summary>
    public static bool IsPrefix(ILogFileHandle copy, ILogFileHandle original)
    {
        byte[] left = new byte[16 << 10], right = new byte[16 << 10];
        int length = copy.ReadWhole(0, left);
        return original.ReadWhole(0, right) >= length && left.AsSpan(0, length).SequenceEqual(right.AsSpan(0, length));
    }
}
