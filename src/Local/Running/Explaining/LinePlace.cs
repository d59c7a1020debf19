using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Ledger;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Running.Auditing;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Running.Explaining;

/// <summary>The byte that was asked for: in which file of the ledger, and where that is on disk now.</summary>
internal sealed class LinePlace
{
    private static readonly UnixFileSystem Files = new();

    private LinePlace(string path, long offset) => (Path, OffsetBytes) = (path, offset);

    public string Path { get; private init; }

    public long OffsetBytes { get; }

    /// <summary>Null when the ledger does not know it.</summary>
    public FileCheckpoint? File { get; private set; }

    /// <summary>Null when no source names it, or it is gone.</summary>
    public ListedFile? Listed { get; private set; }

    public bool OnDisk { get; private set; }

    /// <summary>Bytes on disk; null when it is gone or compressed.</summary>
    public long? SizeBytes { get; private set; }

    /// <summary>The line that covers the byte; null when it is not on disk.</summary>
    public LineOnDisk? Line { get; private set; }

    /// <summary>Why the file cannot be read; null when it can.</summary>
    public string? Hint { get; private set; }

    /// <summary>All files that the sources name.</summary>
    public IReadOnlyList<ListedFile> AllListed { get; private init; } = [];

    public static LinePlace Find(ContextTarget target, PipelineOptions options, PositionLedger? ledger)
    {
        DiskListing? listing = ledger is null ? null : DiskListing.Take(options, ledger);
        IReadOnlyList<ListedFile> listed = listing?.Listed ?? [];
        return target.RecordId is { } id ? OfId(id, listed, ledger) : OfPath(target, listed, listing, ledger);
    }

    /// <summary>Opens a listed file for reading by uncompressed offsets. Throws what <see cref="UnixFileSystem.Open"/> throws.</summary>
    public static ILogFileHandle Open(string path, bool compressed)
    {
        ILogFileHandle plain = Files.Open(path);
        return compressed ? new GzipFileHandle(plain) : plain;
    }

    private static LinePlace OfId(string id, IReadOnlyList<ListedFile> listed, PositionLedger? ledger)
    {
        bool ours = RecordId.TryParse(id, out FileId fileId, out long offset);
        FileCheckpoint? file = ours ? ledger?.Find(fileId) : null;
        // The plain one first, where a file and its compressed copy are both there.
        ListedFile? present = file is null ? null : listed.Where(other => other.Known?.Id == file.Id).OrderBy(other => other.File.Compressed).FirstOrDefault();
        var place = new LinePlace(present?.File.Path ?? file?.Path ?? "", offset) { File = file, Listed = present, AllListed = listed };
        if (present is not null) place.Look(present.File.Compressed);
        return place;
    }

    private static LinePlace OfPath(ContextTarget target, IReadOnlyList<ListedFile> listed, DiskListing? listing, PositionLedger? ledger)
    {
        string asked = target.File!, path = RecordLocator.Resolve(asked);
        ListedFile? present = listed.FirstOrDefault(file => file.File.Path == path || file.File.Path == asked);
        FileCheckpoint? file = present is not null ? present.Known : System.IO.File.Exists(path) ? LastAt(path, ledger) : LastNamed(path, target.OffsetBytes, ledger);
        // Renamed or compressed since: the name is gone, the file is there.
        if (present is null && file is not null) present = listed.Where(other => other.Known?.Id == file.Id).OrderBy(other => other.File.Compressed).FirstOrDefault();
        var place = new LinePlace(present?.File.Path ?? path, target.OffsetBytes) { File = file, Listed = present, AllListed = listed, Hint = listing?.Unreadable.FirstOrDefault(unreadable => unreadable.Path == path)?.Hint };
        place.Look(present?.File.Compressed ?? path.EndsWith(".gz", StringComparison.Ordinal));
        return place;
    }

    // No source of this command names it, and those of the run may have been others.
    private static FileCheckpoint? LastAt(string path, PositionLedger? ledger)
    {
        try
        {
            return Files.Stat(path) is not { } status ? null : ledger?.Files
                .Where(file => (file.Device, file.Inode, file.BirthNanos) == (status.Device, status.Inode, status.BirthNanos)).MaxBy(file => file.Ordinal);
        }
        catch (Exception unseen) when (unseen is IOException or UnauthorizedAccessException)
        {
            return null; // what keeps it from being looked at is said where it is read
        }
    }

    // Of the files that had the name, the newest that is large enough.
    private static FileCheckpoint? LastNamed(string path, long offset, PositionLedger? ledger) =>
        ledger?.Files.Where(file => file.Path == path || file.StreamKey == path)
            .OrderByDescending(file => file.Path == path).ThenByDescending(file => file.SizeBytes > offset).ThenByDescending(file => file.Ordinal).FirstOrDefault();

    private void Look(bool compressed)
    {
        try
        {
            using ILogFileHandle handle = Open(Path, compressed);
            OnDisk = true;
            if (!compressed) SizeBytes = handle.Stat().SizeBytes;
            Line = LineOnDisk.Read(handle, FormatOf(), OffsetBytes);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            OnDisk = false;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            OnDisk = true;
            Hint ??= refused.Message;
        }
    }

    private LogFormat FormatOf() => File is { } file ? file.PinAt(OffsetBytes).Format : Listed?.Stream.Format ?? LogFormat.Plain;
}
