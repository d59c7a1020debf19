using System.Globalization;
using System.IO.Compression;
using System.Text;
using LogPipeline.Formats;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Simulation;

/// <summary>Writes one stream's files as kubelet and containerd, or an application and logrotate, were recorded to do, and keeps what it wrote.</summary>
internal abstract class SimulatedWriter(InMemoryFileSystem disk, SimulatedTime time, Random random)
{
    private int _line;

    protected InMemoryFileSystem Disk { get; } = disk;
    protected SimulatedTime Time { get; } = time;
    protected Random Random { get; } = random;

    /// <summary>The logical lines of each sub-stream, in order.</summary>
    public Dictionary<SubStream, List<string>> Lines { get; } = new() { [SubStream.None] = [], [SubStream.Stdout] = [], [SubStream.Stderr] = [] };

    /// <summary>The bytes that account for each sub-stream.</summary>
    public Dictionary<SubStream, long> Bytes { get; } = new() { [SubStream.None] = 0, [SubStream.Stdout] = 0, [SubStream.Stderr] = 0 };

    public abstract string Key { get; }
    public abstract DiscoveredStream? Discover();
    public abstract void Write();
    /// <summary>Begins a new file; the oldest are destroyed where the n-th ever written may be.</summary>
    public abstract void Rotate(Func<int, bool> mayDestroy);

    /// <summary>Completes what is half written, so that every line has an end.</summary>
    public abstract void Finish();

    protected DiscoveredFile? See(string path, bool live)
    {
        if (Disk.Stat(path) is not { } status) return null;
        return new DiscoveredFile
        {
            Path = path, Device = status.Device, Inode = status.Inode, SizeBytes = status.SizeBytes, BirthNanos = status.BirthNanos,
            ModifiedNanos = status.ModifiedNanos, Compressed = path.EndsWith(".gz", StringComparison.Ordinal), Live = live,
        };
    }

    // A line, or the lines of a trace.
    protected string[] NextLines()
    {
        int id = _line++;
        string head = string.Create(CultureInfo.InvariantCulture, $"{Time.GetUtcNow():yyyy-MM-dd HH:mm:ss.fff} INFO line {id} {new string((char)('a' + (id % 26)), Random.Next(40))}");
        return Random.Next(10) switch
        {
            0 => [head.Replace("INFO", "ERROR", StringComparison.Ordinal), "java.lang.IllegalStateException: broken " + id, .. Enumerable.Range(0, Random.Next(1, 6)).Select(frame => $"\tat com.example.A.f{frame}(A.java:{id})")],
            1 => ["\tat stray.Frame(S.java:" + id + ")"],
            2 => [""],
            _ => [head],
        };
    }

    protected static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(content);
        return compressed.ToArray();
    }

    protected byte[] ReadAll(string path)
    {
        using ILogFileHandle handle = Disk.Open(path);
        byte[] content = new byte[handle.Stat().SizeBytes];
        handle.Read(0, content);
        return content;
    }

    protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
