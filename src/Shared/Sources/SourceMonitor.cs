using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using LogPipeline.Configuration;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Sources.Layouts;
using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;

namespace LogPipeline.Sources;

/// <summary>
/// The thread that knows which files exist: listens to the directories, looks at a slice of them every second, and tells the readers. A file that
/// was written to is told from the watcher's thread at once.
/// </summary>
public sealed class SourceMonitor : IDisposable
{
    private static readonly TimeSpan SliceInterval = TimeSpan.FromSeconds(1);

    private readonly IStreamReaders _readers;
    private readonly IPipelineLog _log;
    private readonly TimeProvider _time;
    private readonly TimeSpan _rescanInterval;
    private readonly DirectoryWatcher _watcher;
    private readonly SourceCatalog _catalog;
    private readonly Dictionary<string, DiscoveredStream> _streams = [];
    private readonly ConcurrentDictionary<string, string> _keyOfPath = [];
    private readonly ConcurrentDictionary<string, bool> _changedDirectories = [];

    // By stream, the directory to list. One entry says both: what is taken out of here is looked at, and nothing can come between.
    private readonly ConcurrentDictionary<string, string> _askedFor = [];
    private readonly SemaphoreSlim _wake = new(0);

    // Of one batch of events; calls of the watcher do not overlap.
    private readonly List<string> _written = [];
    private readonly Thread _thread;
    private readonly IFurtherSources? _further;
    private IReadOnlyList<SourceOptions>? _used;
    private List<DiscoveredStream> _left = [];
    private IReadOnlyList<UnreadableFile> _unreadable = [];
    private volatile bool _overflow, _stopped;

    /// <param name="options">What the pipeline was told to read.</param>
    /// <param name="fileSystem">Where it is.</param>
    /// <param name="readers">Who reads it.</param>
    /// <param name="ownPaths">Left out.</param>
    /// <param name="log">Told of what cannot be read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="further">Sources beside those of the options: files in Pods' volumes. Null: there will be none.</param>
    public SourceMonitor(
        PipelineOptions options, IFileSystem fileSystem, IStreamReaders readers, IReadOnlyCollection<string> ownPaths, IPipelineLog log, TimeProvider time, IFurtherSources? further = null)
    {
        _further = further;
        _readers = readers;
        _log = log;
        _time = time;
        _rescanInterval = options.Tailing.RescanInterval;
        _watcher = DirectoryWatcher.Start(fileSystem, OnEvents, _time);
        _catalog = new SourceCatalog(options.Sources, fileSystem, ownPaths, _watcher, _time);
        _thread = new Thread(Run) { Name = "sources", IsBackground = true };
    }

    /// <summary>What was found by the last look.</summary>
    public IReadOnlyCollection<DiscoveredStream> Streams
    {
        get { lock (_streams) return [.. _streams.Values]; }
    }

    /// <summary>What cannot be read now.</summary>
    public IReadOnlyList<UnreadableFile> Unreadable => Volatile.Read(ref _unreadable);

    /// <summary>Looks at everything, tells the workers, reports what an earlier run left and nothing on disk holds any more, and begins to listen.</summary>
    public void Start(PositionLedger ledger)
    {
        long listedAt = _time.GetTimestamp();
        Apply(_catalog.Scan(), [], listedAt);
        _left = [.. ledger.Files.Where(file => !file.Complete).GroupBy(file => file.StreamKey).Select(LeftBehind)];
        UseFurther();
        ReportLeft(stream => _further is null || _used is not null || !EmptyDirectoryPath.TryParse(stream.Key, out _, out _, out _));
        ReportUnreadable();
        if (_watcher.Advice is { } advice) _log.Write(PipelineLogLevel.Warning, LogEvents.DirectoriesPolled, advice);
        _thread.Start();
    }

    /// <summary>Lists a stream's directory again soon, and tells its worker of the stream whether or not it has changed.</summary>
    public void LookAgain(DiscoveredStream stream)
    {
        _askedFor[stream.Key] = Path.GetDirectoryName(stream.Key)!;
        _wake.Release();
    }

    /// <summary>Ends the thread and the watches; once more is nothing.</summary>
    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        _wake.Release();
        if (_thread.IsAlive) _thread.Join();
        _watcher.Dispose();
        _wake.Dispose();
    }

    private void OnEvents(ReadOnlySpan<DirectoryEvent> events)
    {
        bool look = false;
        _written.Clear();
        foreach (DirectoryEvent change in events)
        {
            if (change.Kind is DirectoryEventKind.Modified or DirectoryEventKind.ClosedAfterWrite)
            {
                if (_keyOfPath.TryGetValue(Path.Join(change.Directory, change.Name), out string? key) && (_written.Count == 0 || _written[^1] != key)) _written.Add(key);
                continue;
            }
            look = true;
            if (change.Kind == DirectoryEventKind.Overflow) _overflow = true;
            else _changedDirectories[change.Directory] = true;
        }
        if (look) _wake.Release();
        if (_written.Count > 0) _readers.Touch(CollectionsMarshal.AsSpan(_written));
    }

    private void Run()
    {
        long lastSlice = _time.GetTimestamp();
        while (!_stopped)
        {
            if (_wake.Wait(SliceInterval))
                while (_wake.Wait(0))
                {
                    // one look serves all that was told meanwhile
                }
            if (_stopped) return;
            try
            {
                Look(ref lastSlice);
            }
            catch (IOException error)
            {
                _log.Write(PipelineLogLevel.Warning, LogEvents.LookFailed, $"{error.Message} Everything is looked at again.");
                _overflow = true;
            }
        }
    }

    private void UseFurther()
    {
        if (_further?.Current is not { } current || ReferenceEquals(current, _used)) return;
        long listedAt = _time.GetTimestamp();
        CatalogChanges changes = _catalog.Use(current);
        _used = current;
        Apply(changes.Streams, changes.Gone, listedAt);
    }

    // Of an earlier run, and nothing on disk holds them any more, as far as that is known already: where files in volumes are may not have been told yet.
    private void ReportLeft(Predicate<DiscoveredStream> isKnown)
    {
        _left.RemoveAll(stream => _streams.ContainsKey(stream.Key));
        foreach (DiscoveredStream stream in _left.FindAll(isKnown)) _readers.Sync(stream);
        _left.RemoveAll(isKnown);
    }

    private static DiscoveredStream LeftBehind(IGrouping<string, FileCheckpoint> stream) =>
        new() { Key = stream.Key, Kind = stream.First().Kind, Format = stream.First().Pins[^1].Format, Origin = new LogOrigin(), Files = [], Ended = true };

    private void Look(ref long lastSlice)
    {
        UseFurther();
        if (_used is not null) ReportLeft(_ => true);
        if (_overflow)
        {
            _overflow = false;
            long listedAt = _time.GetTimestamp();
            Apply(_catalog.Scan(), [.. _streams.Keys], listedAt);
        }
        KeyValuePair<string, string>[] askedFor = _askedFor.ToArray(); // a snapshot, which a collection expression is not
        foreach ((string key, _) in askedFor) _askedFor.TryRemove(key, out _);
        string[] changed = [.. _changedDirectories.Keys];
        foreach (string directory in changed) _changedDirectories.TryRemove(directory, out _);
        if (changed.Length > 0 || askedFor.Length > 0)
        {
            long listedAt = _time.GetTimestamp();
            CatalogChanges changes = _catalog.Scan(changed.Union(askedFor.Select(asked => asked.Value)));
            Apply(changes.Streams, changes.Gone, listedAt);
            foreach ((string key, _) in askedFor)
                if (!changes.Streams.Any(stream => stream.Key == key) && _streams.TryGetValue(key, out DiscoveredStream? same)) _readers.Sync(same with { ListedAt = listedAt });
        }
        TimeSpan elapsed = _time.GetElapsedTime(lastSlice);
        if (elapsed >= SliceInterval)
        {
            lastSlice = _time.GetTimestamp();
            CatalogChanges slice = _catalog.ScanSlice(elapsed, _rescanInterval);
            Apply(slice.Streams, slice.Gone, lastSlice);
        }
        ReportUnreadable();
    }

    private void Apply(IReadOnlyList<DiscoveredStream> streams, IReadOnlyCollection<string> gone, long listedAt)
    {
        var present = streams.Select(stream => stream.Key).ToHashSet();
        foreach (string key in gone.Where(key => !present.Contains(key)))
        {
            DiscoveredStream? stream;
            lock (_streams) _streams.Remove(key, out stream);
            if (stream is null) continue;
            foreach (DiscoveredFile file in stream.Files) _keyOfPath.TryRemove(file.Path, out _);
            _readers.Sync(stream with { Files = [], ListedAt = listedAt });
        }
        foreach (DiscoveredStream stream in streams)
        {
            lock (_streams) _streams[stream.Key] = stream;
            _keyOfPath[stream.Key] = stream.Key;
            foreach (DiscoveredFile file in stream.Files) _keyOfPath[file.Path] = stream.Key;
            _readers.Sync(stream with { ListedAt = listedAt });
        }
    }

    private void ReportUnreadable()
    {
        foreach (UnreadableFile file in _catalog.TakeUnreadable()) _log.Write(PipelineLogLevel.Warning, LogEvents.Unreadable, $"{file.Path} cannot be read: {file.Hint}");
        Volatile.Write(ref _unreadable, [.. _catalog.Unreadable]);
    }
}
