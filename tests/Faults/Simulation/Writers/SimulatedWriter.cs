using System.Globalization;
using System.IO.Compression;
using System.Text;
using LogPipeline.Formats;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Simulation.Writers;

/// <summary>A name on disk and what was written into it.</summary>
internal sealed record NamedFile(string Path, WrittenFile File);

/// <summary>A list of a stream's files as it stood when it was made.</summary>
internal sealed record Listing(DiscoveredStream Stream, IReadOnlyList<(WrittenFile File, long SizeBytes)> Shown);

/// <summary>Writes one owner's files as the runtimes, applications and logrotate were recorded to do, and keeps what it wrote.</summary>
internal abstract class SimulatedWriter(SimulatedWorld world)
{
    private int _line;

    /// <summary>All that was ever written, in order within each stream.</summary>
    public List<WrittenFile> Files { get; } = [];

    protected SimulatedWorld World { get; } = world;
    protected Random Random => World.Random;

    /// <summary>The streams as they are on disk now.</summary>
    public abstract IEnumerable<Listing> Discover();

    /// <summary>Does what a writer mostly does: writes.</summary>
    public abstract void Write();

    /// <summary>Begins a new file, or takes the next step towards one.</summary>
    public abstract void Rotate();

    /// <summary>What happens now and then: a restart, a deletion.</summary>
    public abstract void Disturb();

    /// <summary>Completes what is half written.</summary>
    public abstract void Finish();

    protected WrittenFile Begin(string stream, SourceKind kind, LogFormat format, LogOrigin origin)
    {
        var file = new WrittenFile(stream, kind, format, origin, Files.Count(known => known.Stream == stream));
        Files.Add(file);
        return file;
    }

    protected Listing List(string key, SourceKind kind, LogFormat format, LogOrigin origin, IEnumerable<NamedFile> rotated, NamedFile? live, bool ended)
    {
        long listedAt = World.Time.GetTimestamp();
        var shown = new List<(WrittenFile, long)>();
        var files = new List<DiscoveredFile>();
        foreach (NamedFile named in live is null ? rotated : rotated.Append(live))
        {
            if (World.Disk.Stat(named.Path) is not { } status) continue;
            World.Saw(status.Inode, named.File);
            shown.Add((named.File, named.File.Content.Count));
            files.Add(new DiscoveredFile
            {
                Path = named.Path, Device = status.Device, Inode = status.Inode, SizeBytes = status.SizeBytes, BirthNanos = status.BirthNanos,
                ModifiedNanos = status.ModifiedNanos, Compressed = named.Path.EndsWith(".gz", StringComparison.Ordinal), Live = named == live,
            });
        }
        return new(new DiscoveredStream { Key = key, Kind = kind, Format = format, Origin = origin, Files = files, Ended = ended, ListedAt = listedAt }, shown);
    }

    protected void Append(string path, WrittenFile file, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        SimulationTrace.Write($"write {Path.GetFileName(path)} {file.Content.Count}+{bytes.Length}");
        World.Disk.Append(path, bytes);
        file.Content.AddRange(bytes);
    }

    protected NamedFile Rename(NamedFile file, string to)
    {
        World.Disk.Rename(file.Path, to);
        return file with { Path = to };
    }

    protected NamedFile Compress(NamedFile plain)
    {
        World.Coverage.Meet(Scenario.Compressed);
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(ReadAll(plain.Path));
        World.Disk.Write(plain.Path + ".gz", compressed.ToArray());
        World.Disk.Delete(plain.Path);
        return plain with { Path = plain.Path + ".gz" };
    }

    protected void Delete(NamedFile named)
    {
        World.Disk.Delete(named.Path);
        named.File.Destroyed = true;
    }

    protected byte[] ReadAll(string path)
    {
        using ILogFileHandle handle = World.Disk.Open(path);
        byte[] content = new byte[handle.Stat().SizeBytes];
        for (int at = 0; at < content.Length;) at += handle.Read(at, content.AsSpan(at));
        return content;
    }

    // A line, or the lines of a trace.
    protected string[] NextLines()
    {
        int id = _line++;
        string head = string.Create(CultureInfo.InvariantCulture, $"{World.Time.GetUtcNow():yyyy-MM-dd HH:mm:ss.fff} INFO line {id} {new string((char)('a' + (id % 26)), Random.Next(40))}");
        return Random.Next(12) switch
        {
            0 => [head.Replace("INFO", "ERROR", StringComparison.Ordinal), "java.lang.IllegalStateException: broken " + id, .. Enumerable.Range(0, Random.Next(1, 6)).Select(frame => $"\tat com.example.A.f{frame}(A.java:{id})")],
            1 => ["\tat stray.Frame(S.java:" + id + ")"],
            2 => [""],
            _ => [head],
        };
    }

    protected string Word() => string.Create(CultureInfo.InvariantCulture, $"w{_line++}.{Random.Next(1000)}");
}
