using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Simulation.Writers;

/// <summary>What writers share.</summary>
internal sealed class SimulatedWorld(Random random)
{
    private readonly Dictionary<ulong, WrittenFile> _byInode = [];

    public Random Random { get; } = random;

    public required InMemoryFileSystem Disk { get; init; }

    public required SimulatedTime Time { get; init; }

    public required Coverage Coverage { get; init; }

    /// <summary>Compression is seen while it is under way, and traces come piece by piece.</summary>
    public bool IsWide { get; init; }

    /// <summary>Rotation does not wait for the pipeline.</summary>
    public required bool Destroys { get; init; }

    /// <summary>Whether all of a file is durable.</summary>
    public Func<WrittenFile, bool> IsDurable { get; set; } = static _ => false;

    /// <summary>Lets the pipeline read everything that the writer has.</summary>
    public Action<SimulatedWriter> LetRead { get; set; } = static _ => { };

    /// <summary>Whether more of the last file of a stream than its first line is durable.</summary>
    public Func<string, bool> IsKnownByMore { get; set; } = static _ => false;

    /// <summary>A file was seen under an inode.</summary>
    public void Saw(ulong inode, WrittenFile file)
    {
        if (_byInode.TryGetValue(inode, out WrittenFile? before) && before.Stream != file.Stream) Coverage.Meet(Scenario.InodeReused);
        _byInode[inode] = file;
    }

    public bool Chance(int oneIn) => Random.Next(oneIn) == 0;

    /// <summary>May the file be destroyed now?</summary>
    public bool MayDestroy(WrittenFile file)
    {
        if (IsDurable(file)) return true;
        if (!Destroys || !Chance(3)) return false;
        Coverage.Meet(Scenario.UnreadDestroyed);
        return true;
    }
}
