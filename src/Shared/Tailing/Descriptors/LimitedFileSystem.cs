using System.Globalization;
using LogPipeline.Observability;

namespace LogPipeline.Tailing.Descriptors;

/// <summary>
/// Another file system with a bound on how many files are open at once: past it, <see cref="Open"/> throws <see cref="IOException"/>, as the kernel would, but
/// early enough that sockets, journal and store still get their descriptors. A file that is not open waits on disk. Thread-safe.
/// </summary>
/// <param name="files">The file system.</param>
/// <param name="maxOpenFiles">Files open at once.</param>
/// <param name="log">Told when files are refused, and now and then while that lasts.</param>
/// <param name="time">Clock.</param>
public sealed class LimitedFileSystem(IFileSystem files, int maxOpenFiles, IPipelineLog log, TimeProvider time) : IFileSystem
{
    private static readonly TimeSpan ToldAgainAfter = TimeSpan.FromMinutes(10);

    /// <summary>Descriptors kept for everything but log files, of a limit that is large enough to spare them.</summary>
    private const int Kept = 512;

    private readonly Lock _lock = new();
    private long? _toldAt;
    private int _open;

    /// <summary>Files open now.</summary>
    public int OpenFiles => Volatile.Read(ref _open);

    /// <summary>How many log files this process may have open, by its limit of descriptors; all where that is unknown.</summary>
    public static int ForThisProcess()
    {
        int limit = ProcessLimit() ?? int.MaxValue;
        return limit - Math.Min(Kept, limit / 2);
    }

    /// <summary>The process's limit of descriptors; null where there is no <c>/proc</c>, or no limit.</summary>
    public static int? ProcessLimit()
    {
        try
        {
            // "Max open files            1024                 1048576              files": the soft limit holds.
            string? line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
            return int.TryParse(line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture, out int limit) ? limit : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public IReadOnlyList<DirectoryItem> List(string directory) => files.List(directory);

    public FileStatus? Stat(string path) => files.Stat(path);

    public string? ResolvePath(string path) => files.ResolvePath(path);

    public ILogFileHandle Open(string path)
    {
        if (Interlocked.Increment(ref _open) > maxOpenFiles)
        {
            Interlocked.Decrement(ref _open);
            Tell();
            throw new IOException($"{path}: {maxOpenFiles} log files are open, which is all that the process's limit of descriptors allows");
        }

        try
        {
            return new CountedHandle(files.Open(path), this);
        }
        catch
        {
            Interlocked.Decrement(ref _open);
            throw;
        }
    }

    private void Tell()
    {
        lock (_lock)
        {
            if (_toldAt is { } toldAt && time.GetElapsedTime(toldAt) < ToldAgainAfter) return;
            _toldAt = time.GetTimestamp();
        }

        log.Write(PipelineLogLevel.Warning, LogEvents.OpenFilesLimit, $"{maxOpenFiles:N0} log files are open, which is all that this process's limit of descriptors allows; others wait on disk until one of them is done with. Raise the limit: `ulimit -n`, or LimitNOFILE= of a systemd unit.");
    }

    private sealed class CountedHandle(ILogFileHandle handle, LimitedFileSystem owner) : ILogFileHandle
    {
        private int _disposed;

        public int Read(long offset, Span<byte> destination) => handle.Read(offset, destination);

        public FileStatus Stat() => handle.Stat();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
            handle.Dispose();
            Interlocked.Decrement(ref owner._open);
        }
    }
}
