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
    private int _line, _framesLeft;
    private NamedFile? _compressing;
    private byte[] _compressed = [];

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
        foreach (NamedFile named in WithCopy(live is null ? rotated : rotated.Append(live)))
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
        World.Disk.Write(plain.Path + ".gz", _compressing == plain ? _compressed : Gzip(plain));
        if (_compressing == plain) _compressing = null;
        World.Disk.Delete(plain.Path);
        return plain with { Path = plain.Path + ".gz" };
    }

    /// <summary>The plain file, and beside it as much of its compressed copy as the compressor has written; true when that is new.</summary>
    protected bool BeginCompression(IEnumerable<NamedFile> rotated, bool whole)
    {
        if (!World.IsWide || _compressing is not null || rotated.FirstOrDefault(file => !file.Path.EndsWith(".gz", StringComparison.Ordinal)) is not { } plain || !World.Chance(2)) return false;
        World.Coverage.Meet(Scenario.CompressionSeen);
        (_compressing, _compressed) = (plain, Gzip(plain));
        World.Disk.Write(plain.Path + ".gz", whole ? _compressed : _compressed[..World.Random.Next(_compressed.Length)]);
        return true;
    }

    protected bool IsBeingCompressed(NamedFile file) => file == _compressing;

    /// <summary>What is being compressed is taken as it was before: the copy goes.</summary>
    protected void ForgetCompression()
    {
        if (_compressing is { } plain) World.Disk.Delete(plain.Path + ".gz");
        _compressing = null;
    }

    private IEnumerable<NamedFile> WithCopy(IEnumerable<NamedFile> files)
    {
        foreach (NamedFile file in files)
        {
            yield return file;
            if (file == _compressing) yield return file with { Path = file.Path + ".gz" };
        }
    }

    private byte[] Gzip(NamedFile plain)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(ReadAll(plain.Path));
        return compressed.ToArray();
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

    // A line, or the lines of a trace; a long one comes in pieces.
    protected string[] NextLines()
    {
        if (_framesLeft > 0)
        {
            int frames = Math.Min(_framesLeft, Random.Next(1, 5));
            return [.. Enumerable.Range(0, frames).Select(_ => $"\tat com.example.Deep.f{_framesLeft--}(Deep.java:{_line})")];
        }
        int id = _line++;
        if (World.IsWide && World.Chance(12))
        {
            World.Coverage.Meet(Scenario.LongTrace);
            _framesLeft = Random.Next(8, 40);
        }
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
