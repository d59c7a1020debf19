using LogPipeline.Configuration;
using LogPipeline.Sources.Catalog;
using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;

namespace LogPipeline.Sources;

/// <summary>
/// Which log files exist, whose they are and in which order they were written. A file (device and inode, links resolved) is in one
/// stream only, that of the first that recognises it: kubelet, docker, plain; then the configuration's order.
/// <para>
/// A look at the disk never throws for what it finds there: a directory that vanished is empty, a link that leads nowhere or in a loop
/// leads to nothing, what could not be looked at stays as it was and is named once (<see cref="TakeUnreadable"/>), as are names that are
/// not UTF-8, which no path can name. What is said of a directory is what it held at one moment, also when files were renamed while it was read.
/// </para>
/// Not safe for several threads.
/// </summary>
public sealed class SourceCatalog
{
    private readonly CatalogWalk _walk;
    private readonly FileClaims _claims = new();
    private readonly List<CandidateStream> _touched = [];
    private CatalogDirectory[] _pass = [];
    private int _passed;
    private double _due;

    /// <param name="sources">Empty: <see cref="SourceOptions.MachineDefaults"/>. Throws <see cref="ArgumentException"/> for what is no absolute glob or no format.</param>
    /// <param name="ownPaths">Files and directories of this pipeline that are left out with all beneath them; empty to read them too.</param>
    /// <param name="watcher">Told of every directory before it is listed, so that nothing that appears meanwhile is missed, and when it is of no interest any more.</param>
    public SourceCatalog(
        IReadOnlyList<SourceOptions> sources, IFileSystem files, IEnumerable<string> ownPaths, IDirectoryWatcher? watcher = null, TimeProvider? time = null)
    {
        if (sources.Count == 0) sources = [.. SourceOptions.MachineDefaults.Select(path => new SourceOptions { Path = path })];
        CatalogSource[] parsed = [.. sources.Select((options, index) => new CatalogSource(index, options))];
        _walk = new CatalogWalk(files, parsed, new OwnFiles(files, ownPaths), watcher, time ?? TimeProvider.System);
    }

    /// <summary>Directories to watch, links resolved: those that hold or may get log files, and those where an awaited directory may appear.</summary>
    public IReadOnlyCollection<string> Directories =>
        _walk.Directories.Where(directory => directory.Status is not null).Select(directory => directory.Path).Concat(_walk.AwaitedIn).ToHashSet(StringComparer.Ordinal);

    /// <summary>Files that are in a stream.</summary>
    public int FileCount { get; private set; }

    /// <summary>All that cannot be read now.</summary>
    public IReadOnlyCollection<UnreadableFile> Unreadable => _walk.Unreadable.Current;

    /// <summary>What was found unreadable since the last call: each file or directory once, until it could be read again.</summary>
    public IReadOnlyList<UnreadableFile> TakeUnreadable() => _walk.Unreadable.Take();

    /// <summary>Looks at everything. The streams in the order of kind and key.</summary>
    public IReadOnlyList<DiscoveredStream> Scan()
    {
        _walk.Begin();
        foreach (CatalogDirectory directory in _walk.Directories) _walk.Enqueue(directory, forced: true);
        Look();
        var streams = new List<DiscoveredStream>();
        foreach (CatalogDirectory directory in _walk.Directories)
            foreach (CandidateStream candidate in directory.Streams)
                if (candidate.Published is { } published) streams.Add(published);
        streams.Sort(static (a, b) => a.Kind != b.Kind ? a.Kind.CompareTo(b.Kind) : string.CompareOrdinal(a.Key, b.Key));
        return streams;
    }

    /// <summary>Lists directories again, and what is new beneath them: after a change was told. Unknown paths are nothing.</summary>
    public CatalogChanges Scan(IEnumerable<string> directories)
    {
        _walk.Begin();
        foreach (string path in directories)
            if (_walk.Find(path) is { } directory) _walk.Enqueue(directory, forced: true);
        return Look();
    }

    /// <summary>
    /// Sources behind the configured ones, in place of those given before, and a look at what is new. Each is an absolute glob without excludes; what lies beneath one that is left out is gone.
    /// </summary>
    public CatalogChanges Use(IReadOnlyList<SourceOptions> further)
    {
        _walk.Use(further);
        _walk.Begin();
        return Look();
    }

    /// <summary>
    /// Looks at the share of the directories that is due when <paramref name="elapsed"/> went by since the last call and a whole pass takes
    /// <paramref name="interval"/>. A directory whose time of modification stayed is not listed: only its files' sizes are taken.
    /// </summary>
    public CatalogChanges ScanSlice(TimeSpan elapsed, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(elapsed, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        _walk.Begin();
        if (_passed >= _pass.Length) (_pass, _passed) = ([.. _walk.Directories], 0);
        _due = Math.Min(_due + _pass.Length * (elapsed / interval), _pass.Length);
        for (; _due >= 1 && _passed < _pass.Length; _due--) _walk.Enqueue(_pass[_passed++], forced: false);
        return Look();
    }

    private CatalogChanges Look()
    {
        List<CatalogDirectory> dirty;
        while ((dirty = _walk.Run()).Count > 0)
            foreach (CatalogDirectory directory in dirty) Regroup(directory);

        if (_touched.Count == 0) return CatalogChanges.None;
        var changed = new List<DiscoveredStream>();
        var gone = new List<string>();
        foreach (CandidateStream candidate in _touched)
        {
            candidate.Touched = false;
            DiscoveredStream? before = candidate.Published;
            candidate.Published = Publish(candidate);
            FileCount += (candidate.Published?.Files.Count ?? 0) - (before?.Files.Count ?? 0);
            if (candidate.Published is null && before is not null) gone.Add(before.Key);
            else if (candidate.Published is not null && !ReferenceEquals(candidate.Published, before)) changed.Add(candidate.Published);
        }

        _touched.Clear();
        return changed.Count == 0 && gone.Count == 0 ? CatalogChanges.None : new CatalogChanges(changed, gone);
    }

    /// <summary>Takes a directory's new shapes over, and touches every stream whose files may be others now.</summary>
    private void Regroup(CatalogDirectory directory)
    {
        List<StreamShape> shapes = StreamGrouping.Group(directory);
        if (shapes.Count == 0 && directory.Streams.Count == 0) return;
        var before = directory.Streams.ToDictionary(candidate => candidate.Shape.Key, StringComparer.Ordinal);
        directory.Streams = new(shapes.Count);
        foreach (StreamShape shape in shapes)
        {
            if (before.Remove(shape.Key, out CandidateStream? candidate)) Release(candidate);
            else candidate = new CandidateStream(shape) { Directory = directory };
            candidate.Shape = shape;
            directory.Streams.Add(candidate);
            Touch(candidate);
            foreach (StreamMember member in shape.Members)
            {
                var file = FileKey.Of(member.File.Status!.Value);
                candidate.Claims.Add(file);
                foreach (CandidateStream rival in _claims.Add(file, candidate))
                {
                    Touch(rival);
                    // Where birth times are missing, the rival may be a file that is gone and whose number this one got.
                    if (!_walk.SeenInThisLook(rival.Directory)) _walk.Enqueue(rival.Directory, forced: false);
                }
            }
        }

        foreach (CandidateStream candidate in before.Values)
        {
            Release(candidate);
            candidate.Shape = candidate.Shape with { Members = [] };
            Touch(candidate);
        }
    }

    private void Release(CandidateStream candidate)
    {
        foreach (FileKey file in candidate.Claims)
            foreach (CandidateStream rival in _claims.Remove(file, candidate)) Touch(rival);
        candidate.Claims.Clear();
    }

    private void Touch(CandidateStream candidate)
    {
        if (candidate.Touched) return;
        candidate.Touched = true;
        _touched.Add(candidate);
    }

    /// <summary>What the stream is now; the same object when nothing changed, null when no file of it is its own.</summary>
    private DiscoveredStream? Publish(CandidateStream candidate)
    {
        StreamShape shape = candidate.Shape;
        var files = new List<DiscoveredFile>(shape.Members.Count);
        foreach (StreamMember member in shape.Members)
        {
            if (!_claims.Owns(candidate, FileKey.Of(member.File.Status!.Value))) continue;
            bool compressed = member.File.Name.EndsWith(".gz", StringComparison.Ordinal);
            files.Add(member.File.Discovered(compressed, member.Rotation is null && !compressed));
        }

        if (files.Count == 0) return null;
        DiscoveredStream? before = candidate.Published;
        bool same = before is not null && before.Kind == shape.Kind && before.Format == shape.Format && before.Ended == shape.Ended
            && before.Origin == shape.Origin && before.Files.SequenceEqual(files);
        return same ? before : new DiscoveredStream
        {
            Key = shape.Key,
            Kind = shape.Kind,
            Format = shape.Format,
            Origin = shape.Origin,
            Files = files,
            Ended = shape.Ended,
        };
    }
}
