using LogPipeline.Configuration;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Simulation.Writers;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Simulation;

/// <summary>
/// A directory that the pipeline's own catalog lists while a rotation changes it: each call sees a later state than the one before, and a name that is read while another is
/// renamed is there as it was before or afterwards, so that a file may be met under two names, or under none.
/// </summary>
internal sealed class ListedWhileChanging : IFileSystem
{
    private static readonly FileStatus s_directory = new(1, 1, 0, 1, 0, 1, IsDirectory: true, Mode: FileStatus.DirectoryMode | 0x1ED);

    private readonly string _path;
    private readonly Random _random;
    private readonly List<Dictionary<string, FileStatus>> _states = [];
    private int _now;

    private ListedWhileChanging(string path, Random random) => (_path, _random) = (path, random);

    /// <summary>Has the writer rotate, and says what a look says that was under way meanwhile.</summary>
    public static IReadOnlyList<Listing> Rotate(SimulatedWriter writer, InMemoryFileSystem disk, TimeProvider time, Random random)
    {
        List<Listing> before = [.. writer.Discover()];
        DiscoveredStream first = before[0].Stream;
        var changing = new ListedWhileChanging(Path.GetDirectoryName(first.Key)!, random);
        changing.Record(disk);
        disk.Changed = () => changing.Record(disk);
        writer.Rotate();
        disk.Changed = null;
        List<Listing> after = [.. writer.Discover()];
        var catalog = new SourceCatalog([new SourceOptions { Path = first.Kind == SourceKind.Kubelet ? changing._path + "/*.log" : first.Key }], changing, [], time: time);
        // The first look of a process, or one of many.
        if (random.Next(2) == 0) catalog.Scan();
        changing._now = random.Next(changing._states.Count);
        IReadOnlyList<DiscoveredStream> seen = catalog.Scan();
        return [.. after.Select(late => Seen(late, before, after, seen.FirstOrDefault(stream => stream.Key == late.Stream.Key)))];
    }

    public IReadOnlyList<DirectoryItem> List(string directory)
    {
        Dictionary<string, FileStatus> early = _states[_now];
        Pass();
        Dictionary<string, FileStatus> late = _states[_now];
        IEnumerable<string> names = early.Keys.Where(late.ContainsKey).Concat(early.Keys.Concat(late.Keys).Where(name => early.ContainsKey(name) != late.ContainsKey(name) && _random.Next(2) == 0));
        return [.. names.Select(name => new DirectoryItem(Path.GetFileName(name), DirectoryItemKind.File))];
    }

    public FileStatus? Stat(string path)
    {
        Pass();
        if (path == _path) return s_directory with { ModifiedNanos = _now };
        return _states[_now].TryGetValue(path, out FileStatus status) ? status : null;
    }

    public string? ResolvePath(string path) => path;

    public ILogFileHandle Open(string path) => _states[_now].TryGetValue(path, out FileStatus status) ? new Unread(status) : throw new FileNotFoundException(path, path);

    private void Record(InMemoryFileSystem disk) =>
        _states.Add(disk.List(_path).Select(item => Path.Join(_path, item.Name)).ToDictionary(path => path, path => disk.Stat(path)!.Value, StringComparer.Ordinal));

    private void Pass()
    {
        while (_now < _states.Count - 1 && _random.Next(4) == 0) _now++;
    }

    private static Listing Seen(Listing late, List<Listing> before, List<Listing> after, DiscoveredStream? seen)
    {
        Listing early = before.Find(listing => listing.Stream.Key == late.Stream.Key) ?? before[0];
        IReadOnlyList<DiscoveredFile> files = seen?.Files ?? [];
        List<(WrittenFile, long)> shown = [];
        foreach (DiscoveredFile file in files)
        {
            (DiscoveredFile Found, (WrittenFile File, long SizeBytes) Shown) known = before.Concat(after).SelectMany(listing => listing.Stream.Files.Zip(listing.Shown)).First(known => known.First.Inode == file.Inode && known.First.BirthNanos == file.BirthNanos);
            shown.Add(known.Shown);
        }
        return new(late.Stream with { Files = files, Ended = seen?.Ended ?? late.Stream.Ended, ListedAt = early.Stream.ListedAt }, shown);
    }

    private sealed class Unread(FileStatus status) : ILogFileHandle
    {
        public int Read(long offset, Span<byte> destination) => 0;

        public FileStatus Stat() => status;

        public void Dispose()
        {
            // it was not opened to be read
        }
    }
}
