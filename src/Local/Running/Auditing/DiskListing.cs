using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>The log files on disk, each with the file of the ledger that it is: recognised as the pipeline itself would.</summary>
internal sealed class DiskListing
{
    // A rotation while it is looked is a moment's matter.
    private const int Looks = 3;

    private readonly PositionLedger _ledger;
    private readonly UnixFileSystem _files = new();
    private readonly FileRecognizer _recognizer;
    private readonly SourceCatalog _catalog;
    private readonly List<ListedFile> _found = [];
    private readonly HashSet<string> _streams = new(StringComparer.Ordinal);

    private DiskListing(PipelineOptions options, PositionLedger ledger, PipelineMetrics metrics)
    {
        _ledger = ledger;
        string host = options.Enrichment.Host.Length > 0 ? options.Enrichment.Host : Environment.MachineName;
        _recognizer = new FileRecognizer(new LineageContext
        {
            FileSystem = _files, Ledger = ledger, Pins = new ConfiguredPins(options, host, TimeProvider.System), Options = options.Tailing, Rules = new JoiningRules(),
            Metrics = metrics, Log = new Silence(), Time = TimeProvider.System, Cluster = options.Enrichment.ClusterName, Host = host, Random = static () => 0,
        });
        _catalog = new SourceCatalog(options.Sources, _files, RunningPipeline.OwnPaths(options));
    }

    /// <summary>The files that the options' sources name.</summary>
    public static DiskListing Take(PipelineOptions options, PositionLedger ledger)
    {
        using var metrics = new PipelineMetrics();
        var listing = new DiskListing(options, ledger, metrics);
        for (int look = 1; !listing.Look() && look < Looks; look++)
        {
            // something was renamed meanwhile: once more
        }
        return listing;
    }

    /// <summary>Without rotated files from before this pipeline first ran, which nobody asked to read.</summary>
    public IReadOnlyList<DiskFile> Files => [.. _found.Where(file => !file.History).Select(file => new DiskFile(file.File.Path, file.File.SizeBytes, file.File.Compressed, file.Known?.Id))];

    /// <summary>All of them.</summary>
    public IReadOnlyList<ListedFile> Listed => _found;

    /// <summary>What cannot be looked at.</summary>
    public IReadOnlyList<Sources.UnreadableFile> Unreadable => [.. _catalog.Unreadable];

    /// <summary>
    /// Files of the ledger that are not complete and that nothing on disk holds any more. A stream that the sources do not name is not judged while
    /// anything of it is still in its directory.
    /// </summary>
    public HashSet<FileId> Gone()
    {
        var present = _found.Where(file => file.Known is not null).Select(file => file.Known!.Id).ToHashSet();
        return [.. _ledger.Files.Where(file => !file.Complete && !present.Contains(file.Id) && (_streams.Contains(file.StreamKey) || !HasRemains(file.StreamKey))).Select(file => file.Id)];
    }

    private static bool HasRemains(string streamKey)
    {
        string? directory = Path.GetDirectoryName(streamKey);
        if (directory is null || !Directory.Exists(directory)) return false;
        return Directory.EnumerateFiles(directory, Path.GetFileName(streamKey) + "*", new EnumerationOptions { MatchType = MatchType.Simple }).Any();
    }

    private bool Look()
    {
        _found.Clear();
        _streams.Clear();
        bool still = true;
        foreach (DiscoveredStream stream in _catalog.Scan())
        {
            _streams.Add(stream.Key);
            foreach (DiscoveredFile file in stream.Files) still &= Add(stream, file);
        }
        return still;
    }

    // False: it is not where it was listed any more.
    private bool Add(DiscoveredStream stream, DiscoveredFile found)
    {
        FileCheckpoint? known;
        try
        {
            using ILogFileHandle plain = _files.Open(found.Path);
            if (plain.Stat().Inode != found.Inode) return false;
            using ILogFileHandle handle = found.Compressed ? new GzipFileHandle(plain) : plain;
            known = Recognise(stream, found, handle);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // It may not be read here, or is damaged: its name and number still tell which it was, and its size is known.
            known = _ledger.OfStream(stream.Key).LastOrDefault(file => file.Inode == found.Inode && file.Device == found.Device && !found.Compressed);
        }
        bool history = known is null && stream.Kind == SourceKind.Plain && !found.Live && found.ModifiedNanos / 1_000_000 < _ledger.BegunAt.ToUnixTimeMilliseconds();
        _found.Add(new ListedFile(stream, found, known, history));
        return true;
    }

    private FileCheckpoint? Recognise(DiscoveredStream stream, DiscoveredFile found, ILogFileHandle handle)
    {
        Span<byte> head = stackalloc byte[FileFingerprint.MaxBytes];
        if (!FileFingerprint.TryFindFirstLine(head[..handle.Read(0, head)], ended: !found.Live || stream.Ended, out ReadOnlySpan<byte> firstLine)) return null;
        if (stream.Kind != SourceKind.Plain) return _recognizer.FindContainerFile(stream, firstLine);
        return _recognizer.FindByInode(stream, found, handle, firstLine, []) ?? (found.Live ? null : _recognizer.FindCopied(stream, found, handle, firstLine, static _ => null));
    }

    // That a file was truncated is the running pipeline's to tell.
    private sealed class Silence : IPipelineLog
    {
        public void Write(PipelineLogLevel level, string eventName, string message)
        {
        }
    }
}
