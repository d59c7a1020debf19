using System.IO.Compression;

namespace LogPipeline.Tests.Writing;

/// <summary>Writes one program's logs into real files as a container runtime, or an application under logrotate, does; and keeps what it wrote.</summary>
internal abstract class LogWriter(Random random, string name) : IDisposable
{
    protected Random Random { get; } = random;

    protected LineText Text { get; } = new(random, name);

    /// <summary>What was written, by the name of its sub-stream.</summary>
    public Dictionary<string, WrittenLane> Lanes { get; } = [];

    public required string Tenant { get; init; }

    /// <summary>The file that is written to.</summary>
    public abstract string LivePath { get; }

    /// <summary>A line, a trace, or a piece of a line.</summary>
    public abstract void Write();

    /// <summary>Begins a new file, as what rotates here does it.</summary>
    public abstract void Rotate();

    /// <summary>Completes what is half written, so that every line has an end.</summary>
    public abstract void Finish();

    /// <summary>Deletes rotated files, the oldest first. Only when all of them is stored: nothing could bring back what they hold.</summary>
    public abstract void DeleteRotated();

    /// <summary>Deletes the live file, writes to it all the same, and makes a new one. Only while the pipeline has it open.</summary>
    public virtual void DeleteLive()
    {
    }

    public abstract void Dispose();

    protected WrittenLane Lane(string name)
    {
        if (!Lanes.TryGetValue(name, out WrittenLane? lane)) Lanes.Add(name, lane = new WrittenLane());
        return lane;
    }

    protected static FileStream Append(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>To <c>.tmp</c>, renamed when it is whole; then the original is deleted.</summary>
    protected static void Compress(string path, string compressed)
    {
        string temporary = compressed[..^".gz".Length] + ".tmp";
        using (FileStream from = File.OpenRead(path))
        using (var to = new GZipStream(File.Create(temporary), CompressionLevel.Fastest)) from.CopyTo(to);
        File.Move(temporary, compressed);
        File.Delete(path);
    }
}
