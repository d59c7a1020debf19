using System.Collections.Concurrent;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Indices;
using LogPipeline.Local.Store.Mappings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LogPipeline.Local.Store;

/// <summary>
/// Documents on disk for one machine: indices of append-only segments, bounded by bytes and age. What was acknowledged survives a
/// crash. Reached over HTTP (<c>MapEmbeddedStore</c>) exactly as OpenSearch is. Thread-safe.
/// </summary>
public sealed class EmbeddedStore : IAsyncDisposable
{
    private const long BlockCacheBytes = 16 << 20;
    private const long MaxActiveDocuments = 300_000;

    /// <summary>No segment becomes larger than this part of the store, as segments are deleted whole.</summary>
    private const int MaxBytesToLargestSegment = 16;

    private static readonly TimeSpan s_maintenanceInterval = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, (StoreIndex Index, IndexWriter Writer)> _indices = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly StoreLock _storeLock;
    private readonly IndexDirectory _directory;
    private readonly StoreFiles _files;
    private readonly SegmentSizes _sizes;
    private readonly string _indicesPath;
    private readonly ILogger _log;
    private readonly Retention _retention;
    private readonly ITimer _maintenance;

    private EmbeddedStore(string directory, EmbeddedStoreOptions options, TimeProvider clock, ILogger log, StoreFiles files, SegmentSizes sizes, StoreLock storeLock)
    {
        _storeLock = storeLock;
        _files = files;
        _sizes = sizes with { MaxCompactedLength = options.MaxBytes / MaxBytesToLargestSegment };
        _log = log;
        Options = options;
        Clock = clock;
        Cache = new BlockCache(BlockCacheBytes);
        _directory = new IndexDirectory(files, Cache, log);
        _indicesPath = Path.Combine(directory, "indices");
        System.IO.Directory.CreateDirectory(_indicesPath);
        Templates = new TemplateRegistry(Path.Combine(directory, "templates.json"), files);
        foreach (string path in System.IO.Directory.EnumerateDirectories(_indicesPath))
        {
            string name = Path.GetFileName(path);
            if (_directory.Open(name, path) is { } index) _indices[name] = (index, NewWriter(index));
            else System.IO.Directory.Delete(path, recursive: true);
        }

        _retention = new Retention(this, options, clock, log);
        _retention.Apply();
        _maintenance = clock.CreateTimer(_ => Maintain(), null, s_maintenanceInterval, s_maintenanceInterval);
    }

    /// <summary>
    /// Opens the store in a directory, which is created when absent, and brings it back to what was acknowledged. Throws
    /// <see cref="StoreLockedException"/> when another process has it open, <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> when the directory cannot be used.
    /// </summary>
    public static EmbeddedStore Open(string directory, EmbeddedStoreOptions options, TimeProvider clock, ILogger? logger = null) =>
        Open(directory, options, clock, logger, new StoreFiles());

    internal static EmbeddedStore Open(string directory, EmbeddedStoreOptions options, TimeProvider clock, ILogger? logger, StoreFiles files, SegmentSizes? sizes = null)
    {
        string path = Path.GetFullPath(directory);
        System.IO.Directory.CreateDirectory(path);
        StoreLock storeLock = StoreLock.Take(path);
        try
        {
            return new EmbeddedStore(path, options, clock, logger ?? NullLogger.Instance, files, sizes ?? new SegmentSizes(), storeLock);
        }
        catch
        {
            storeLock.Dispose();
            throw;
        }
    }

    public EmbeddedStoreStatistics Statistics
    {
        get
        {
            StoreIndex[] indices = [.. Indices];
            return new EmbeddedStoreStatistics(
                indices.Length, indices.Sum(index => index.DocumentCount), indices.Sum(index => index.Bytes), Options.MaxBytes,
                _retention.ExpiredDocuments, _retention.ExpiredBytes, _retention.ExpiredSegments, _directory.DamagedSegments, _directory.DamagedBytes);
        }
    }

    internal EmbeddedStoreOptions Options { get; }

    internal TimeProvider Clock { get; }

    internal BlockCache Cache { get; }

    internal TemplateRegistry Templates { get; }

    /// <summary>All indices, by name.</summary>
    internal IEnumerable<StoreIndex> Indices => _indices.Values.Select(entry => entry.Index).OrderBy(index => index.Name, StringComparer.Ordinal);

    internal StoreIndex? FindIndex(string name) => _indices.TryGetValue(name, out (StoreIndex Index, IndexWriter Writer) entry) ? entry.Index : null;

    /// <summary>Creates an index durably; false when it exists. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    internal bool TryCreateIndex(string name, JsonElement mappings, out StoreIndex index)
    {
        lock (_lock)
        {
            if (_indices.TryGetValue(name, out (StoreIndex Index, IndexWriter Writer) known))
            {
                index = known.Index;
                return false;
            }

            JsonElement[] applied = [.. new[] { Templates.For(name)?.Mappings ?? default, mappings }.Where(body => body.ValueKind == JsonValueKind.Object)];
            index = _directory.Create(name, Path.Combine(_indicesPath, name), Clock.GetUtcNow(), applied);
            _indices[name] = (index, NewWriter(index));
            return true;
        }
    }

    /// <summary>Deletes an index with its files; false when there is none. Throws <see cref="IOException"/>.</summary>
    internal bool DeleteIndex(string name)
    {
        lock (_lock)
        {
            if (!_indices.TryRemove(name, out (StoreIndex Index, IndexWriter Writer) entry)) return false;
            lock (entry.Index.Files)
            {
                entry.Index.Close();
                // Without its description it is no index: a crash in between leaves nothing that would be opened.
                File.Delete(Path.Combine(entry.Index.Directory, "index.json"));
                System.IO.Directory.Delete(entry.Index.Directory, recursive: true);
            }

            _files.SyncDirectory(_indicesPath);
            return true;
        }
    }

    /// <summary>Remembers that so many more of an index's documents were deleted to stay within the store's size: who misses one must be able to learn why.</summary>
    internal void RecordExpired(StoreIndex index, long documents)
    {
        try
        {
            _directory.RecordExpired(index, documents);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No data is lost by it; an audit will call them missing.
            _log.LogWarning("that {Documents} documents of {Index} were deleted could not be recorded: {Reason}", documents, index.Name, e.Message);
        }
    }

    /// <summary>Writes documents to an index, created when absent. Their outcomes are set when the task is done; it does not fail. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when the index cannot be created.</summary>
    internal Task WriteAsync(string name, IngestRequest request, List<int> positions)
    {
        if (!_indices.TryGetValue(name, out (StoreIndex Index, IndexWriter Writer) entry))
        {
            TryCreateIndex(name, default, out _);
            entry = _indices.GetValueOrDefault(name);
        }

        var batch = new IngestBatch(request, positions);
        if (entry.Writer is null) batch.Fail(IngestOutcome.Unavailable);
        else entry.Writer.Write(batch);
        return batch.Completion;
    }

    /// <summary>Seals an index's open segment now, and waits for what follows from that; for tests.</summary>
    internal Task SealAsync(string name)
    {
        IndexWriter writer = _indices[name].Writer;
        writer.RequestSeal();
        return writer.IdleAsync();
    }

    /// <summary>Waits until what is being written is written, then closes the files and gives the lock back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _maintenance.DisposeAsync().ConfigureAwait(false);
        foreach ((_, IndexWriter writer) in _indices.Values) await writer.DisposeAsync().ConfigureAwait(false);
        foreach ((StoreIndex index, _) in _indices.Values)
        {
            lock (index.Files) index.Close();
        }

        _storeLock.Dispose();
    }

    private IndexWriter NewWriter(StoreIndex index) => new(index, _files, _sizes, _log, () => _retention.ApplyBytes());

    private void Maintain()
    {
        _retention.Apply();
        long active = 0;
        foreach ((StoreIndex index, IndexWriter writer) in _indices.Values.OrderBy(entry => entry.Index.ActiveDocuments))
        {
            active += index.ActiveDocuments;
            if (active > MaxActiveDocuments) writer.RequestSeal();
        }
    }
}
