using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Sources;

namespace LogPipeline.Tailing;

/// <summary>Says which file a descriptor leads to: one whose checkpoint the ledger has, or a new one, which gets its identity here.</summary>
public sealed class FileRecognizer(LineageContext context)
{
    /// <summary>
    /// The checkpoint that the ledger has for this content, or null. A plain file that was truncated since (its content before the recorded position
    /// is another) is no longer that file: its checkpoint is parted from the inode here.
    /// </summary>
    public FileCheckpoint? Find(DiscoveredStream stream, DiscoveredFile found, ILogFileHandle handle, ReadOnlySpan<byte> firstLine)
    {
        if (stream.Kind != SourceKind.Plain)
            return context.Ledger.Find(FileIdentity.OfContainerFile(context.Cluster, stream.Kind, stream.Origin, firstLine));
        foreach (FileCheckpoint candidate in context.Ledger.FindByFingerprint(FileFingerprint.Of(firstLine)))
        {
            if (candidate.Kind != SourceKind.Plain) continue;
            bool sameInode = SameInode(candidate, found);
            // A live path on another inode is another file, whatever it holds; a rotated or compressed sibling may be a copy.
            if (!sameInode && found.Live) continue;
            if (Holds(handle, candidate.TailCrc)) return candidate;
            if (sameInode) Part(candidate);
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
        context.Log.Write(PipelineLogLevel.Info, "file_truncated", $"{truncated.Path} was truncated; a new generation begins.");
    }

    private static bool SameInode(FileCheckpoint file, DiscoveredFile found) =>
        file.Inode == found.Inode && file.Device == found.Device && !found.Compressed
        && (file.BirthNanos == found.BirthNanos || file.BirthNanos == 0 || found.BirthNanos == 0);

    private static bool Holds(ILogFileHandle handle, TailCrc crc)
    {
        Span<byte> covered = stackalloc byte[crc.LengthBytes];
        return handle.Read(crc.OffsetBytes - covered.Length, covered) == covered.Length && crc.Matches(covered);
    }
}
