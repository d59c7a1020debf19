namespace LogPipeline.Tailing;

/// <summary>The reading side of a file system, so that the same code runs on a real one and on one that tears, fails and reorders.</summary>
public interface IFileSystem
{
    /// <summary>The names in a directory with what they are, unordered, links not resolved. Throws <see cref="DirectoryNotFoundException"/>, <see cref="UnauthorizedAccessException"/> or <see cref="IOException"/>.</summary>
    IReadOnlyList<DirectoryItem> List(string directory);

    /// <summary>The status of what a path leads to (links followed); null when there is nothing or a link dangles. Throws <see cref="UnauthorizedAccessException"/> or <see cref="IOException"/>.</summary>
    FileStatus? Stat(string path);

    /// <summary>The path with every link resolved; null when there is nothing.</summary>
    string? ResolvePath(string path);

    /// <summary>Opens a file for reading, sharing everything. Throws <see cref="FileNotFoundException"/>, <see cref="DirectoryNotFoundException"/>, <see cref="UnauthorizedAccessException"/> or <see cref="IOException"/>.</summary>
    ILogFileHandle Open(string path);
}

public readonly record struct DirectoryItem(string Name, DirectoryItemKind Kind);

public enum DirectoryItemKind : byte
{
    File,
    Directory,
    Link,
    Other,
}

/// <summary>What <c>statx(2)</c> says of a file. Times in nanoseconds since the Unix epoch, 0 where unknown.</summary>
public readonly record struct FileStatus(ulong Device, ulong Inode, long SizeBytes, long BirthNanos, long ModifiedNanos, int Links, bool IsDirectory);

/// <summary>An open file: stays readable after a rename or a deletion.</summary>
public interface ILogFileHandle : IDisposable
{
    /// <summary>Reads at an offset; 0 at or behind the end. Throws <see cref="IOException"/>.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>The status of the open file, whatever its name is now.</summary>
    FileStatus Stat();
}
