using LogPipeline.Tailing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Simulation;

/// <summary>The disk as the pipeline sees it while it is at work: reads fail, files may not be opened. Its writers see none of it.</summary>
internal sealed class FaultyDisk : IFileSystem
{
    private readonly InMemoryFileSystem _disk;
    private readonly Random _random;
    private readonly Coverage _coverage;

    public FaultyDisk(InMemoryFileSystem disk, Random random, Coverage coverage)
    {
        (_disk, _random, _coverage) = (disk, random, coverage);
        disk.Fault = Fault;
    }

    /// <summary>This run has a bad disk.</summary>
    public bool Fails { get; set; }

    /// <summary>The pipeline is at work.</summary>
    public bool Active { get; set; }

    public IReadOnlyList<DirectoryItem> List(string directory) => _disk.List(directory);

    public FileStatus? Stat(string path) => _disk.Stat(path);

    public string? ResolvePath(string path) => _disk.ResolvePath(path);

    public ILogFileHandle Open(string path) => _disk.Open(path);

    private Exception? Fault(FileOperation operation, string path)
    {
        if (!Fails || !Active || _random.Next(40) > 0) return null;
        _coverage.Meet(operation == FileOperation.Open ? Scenario.OpenRefused : Scenario.ReadFailed);
        return operation == FileOperation.Open && _random.Next(2) == 0 ? new UnauthorizedAccessException(path) : new IOException($"{path}: Input/output error");
    }
}
