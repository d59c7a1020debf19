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
    public FileCheckpoint? FindByInode(DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine)
    {
        foreach (FileCheckpoint candidate in context.Ledger.FindByFingerprint(FileFingerprint.Of(firstLine)))
        {
            if (candidate.Kind != SourceKind.Plain || !SameInode(candidate, found)) continue;
            if (Holds(handle, candidate.TailCrc)) return candidate;
            Part(candidate);
        }
        return null;
    }

    /// <summary>
    /// Ends the tie between an inode whose content was found to be new and the unfinished files of its stream that had it. Returns them.
    /// </summary>
    /// <param name="open">Files that are read: they notice a truncation themselves.</param>
    public List<FileCheckpoint> PartFromInode(DiscoveredStream stream, DiscoveredFile found, IReadOnlyList<TailedFile> open)
    {
        List<FileCheckpoint> parted = [.. context.Ledger.OfStream(stream.Key).Where(file => !file.Complete && SameInode(file, found) && !open.Any(other => other.Checkpoint == file))];
        parted.ForEach(Part);
        return parted;
    }

    /// <summary>The checkpoint of a container's file, by its first line; or null.</summary>
    public FileCheckpoint? FindContainerFile(DiscoveredStream stream, ReadOnlySpan<byte> firstLine) =>
        context.Ledger.Find(FileIdentity.OfContainerFile(context.Cluster, stream.Kind, stream.Origin, firstLine));

    /// <summary>
    /// The checkpoint of the plain file that a rotated sibling on another inode holds a copy of (compressed, or made by copytruncate); or null.
    /// </summary>
    /// <param name="handle">The sibling.</param>
    /// <param name="firstLine">Its first line.</param>
    /// <param name="openedAs">The descriptor of a file that is open already; null for others.</param>
    public FileCheckpoint? FindCopied(ILogFileHandle handle, ReadOnlySpan<byte> firstLine, Func<FileCheckpoint, ILogFileHandle?> openedAs)
    {
        foreach (FileCheckpoint candidate in context.Ledger.FindByFingerprint(FileFingerprint.Of(firstLine)).OrderBy(file => file.Ordinal))
        {
            if (candidate.Kind != SourceKind.Plain) continue;
            if (openedAs(candidate) is { } original)
            {
                if (IsPrefix(handle, original)) return candidate;
                // In this order: an original that was truncated meanwhile tells nothing of its copy.
                if (IsStill(original, candidate)) continue;
            }
            if (Holds(handle, candidate.TailCrc) && (!candidate.Complete || EndsAt(handle, candidate.SizeBytes))) return candidate;
        }
        return null;
    }

    /// <summary>The checkpoint of a file that is not in the ledger; not registered yet.</summary>
    public FileCheckpoint Create(DiscoveredStream stream, DiscoveredFile found, ReadOnlySpan<byte> firstLine, long smallestOrdinal)
    {
        long nowNanos = (context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        FileId id = stream.Kind == SourceKind.Plain
            ? FileIdentity.OfPlainFile(context.Host, found.Path, nowNanos, context.Random())
            : FileIdentity.OfContainerFile(context.Cluster, stream.Kind, stream.Origin, firstLine);
        long bornNanos = Rfc3339Nano.TryParse(firstLine, out long first, out _) ? first : found.BirthNanos > 0 ? found.BirthNanos : nowNanos;
        var file = new FileCheckpoint
        {
            Id = id, StreamKey = stream.Key, Kind = stream.Kind, Path = found.Path, Device = found.Device, Inode = found.Inode, BirthNanos = found.BirthNanos,
            Compressed = found.Compressed, Fingerprint = FileFingerprint.Of(firstLine),
            // Seconds of its beginning, so that a lost ledger goes on counting upwards; never below its predecessors, whatever the clock does.
            Ordinal = Math.Max(smallestOrdinal, Math.Max(0, bornNanos / 1_000_000_000)),
        };
        file.Pins.Add(context.Pins.PinFor(stream, firstLine, 0));
        return file;
    }

    /// <summary>Ends the tie between a checkpoint and its inode: what is there now is another content.</summary>
    public void Part(FileCheckpoint truncated)
    {
        truncated.Inode = 0;
        context.Metrics.Truncations.Add(1);
        context.Log.Write(PipelineLogLevel.Info, LogEvents.FileTruncated, $"{truncated.Path} was truncated; a new generation begins.");
    }

    private static bool SameInode(FileCheckpoint file, DiscoveredFile found) =>
        file.Inode == found.Inode && file.Device == found.Device && !found.Compressed
        && (file.BirthNanos == found.BirthNanos || file.BirthNanos == 0 || found.BirthNanos == 0);

    private static bool Holds(ILogFileHandle handle, TailCrc crc)
    {
        Span<byte> covered = stackalloc byte[crc.LengthBytes];
        return handle.Read(crc.OffsetBytes - covered.Length, covered) == covered.Length && crc.Matches(covered);
    }

    private static bool IsStill(ILogFileHandle handle, FileCheckpoint known)
    {
        Span<byte> head = stackalloc byte[known.Fingerprint.LengthBytes];
        return handle.Read(0, head) == head.Length && FileFingerprint.Of(head) == known.Fingerprint && Holds(handle, known.TailCrc);
    }

    private static bool EndsAt(ILogFileHandle handle, long size)
    {
        Span<byte> around = stackalloc byte[2];
        return size == 0 ? handle.Read(0, around) == 0 : handle.Read(size - 1, around) == 1;
    }

    // A copy that is being made holds the beginning of its original. The first piece decides: two logs do not begin alike for so long.
    private static bool IsPrefix(ILogFileHandle copy, ILogFileHandle original)
    {
        byte[] left = new byte[16 << 10], right = new byte[16 << 10];
        int length = copy.Read(0, left);
        return original.Read(0, right) >= length && left.AsSpan(0, length).SequenceEqual(right.AsSpan(0, length));
    }
}
