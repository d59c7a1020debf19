namespace LogPipeline.Tailing;

/// <summary>The reading side of a file system, so that the same code runs on a real one and on one that tears, fails and reorders.</summary>
public interface IFileSystem
{
    /// <summary>
    /// The names in a directory with what they are, unordered, links not resolved. Bytes of a name that are not UTF-8 become U+FFFD: such a
    /// name leads to nothing in the other calls. Throws <see cref="DirectoryNotFoundException"/>, <see cref="UnauthorizedAccessException"/> or <see cref="IOException"/>.
    /// </summary>
    IReadOnlyList<DirectoryItem> List(string directory);

    /// <summary>The status of what a path leads to (links followed); null when there is nothing, a link dangles or links form a loop. Throws <see cref="UnauthorizedAccessException"/> or <see cref="IOException"/>.</summary>
    FileStatus? Stat(string path);

    /// <summary>The path with every link resolved; null when there is nothing. Throws <see cref="UnauthorizedAccessException"/> or <see cref="IOException"/>.</summary>
    string? ResolvePath(string path);

    /// <summary>
    /// Opens a regular file for reading, sharing everything; never blocks. Throws <see cref="FileNotFoundException"/>, <see cref="DirectoryNotFoundException"/>,
    /// <see cref="UnauthorizedAccessException"/> or <see cref="IOException"/> (which also says that it is no regular file).
    /// </summary>
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

/// <summary>
/// What <c>statx(2)</c> says of a file. Times in nanoseconds since the Unix epoch, 0 where unknown. <paramref name="Device"/> is
/// major &lt;&lt; 32 | minor; <paramref name="Mode"/> is <c>st_mode</c>: the type and the permission bits.
/// </summary>
public readonly record struct FileStatus(
    ulong Device, ulong Inode, long SizeBytes, long BirthNanos, long ModifiedNanos, int Links, bool IsDirectory,
    uint Mode = FileStatus.RegularFileMode | 0x1A4, uint UserId = 0, uint GroupId = 0)
{
    /// <summary><c>S_IFREG</c>.</summary>
    public const uint RegularFileMode = 0x8000;

    /// <summary><c>S_IFDIR</c>.</summary>
    public const uint DirectoryMode = 0x4000;

    /// <summary>A file with content of its own: no directory, pipe, socket or device.</summary>
    public bool IsRegular => (Mode & 0xF000) == RegularFileMode && !IsDirectory;
}

/// <summary>An open file: stays readable after a rename or a deletion.</summary>
public interface ILogFileHandle : IDisposable
{
    /// <summary>Reads at an offset; 0 at or behind the end. Throws <see cref="IOException"/>.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>Reads until the destination is full or the content ends: one read may stop anywhere. Throws <see cref="IOException"/>.</summary>
    int ReadWhole(long offset, Span<byte> destination)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = Read(offset + total, destination[total..]);
            if (read == 0) break;
            total += read;
        }
        return total;
    }

    /// <summary>The offset behind the last newline between two offsets; the first of them where there is none. Throws <see cref="IOException"/>.</summary>
    long EndOfLastLine(long from, long to)
    {
        Span<byte> piece = stackalloc byte[4096];
        for (long end = to; end > from;)
        {
            long start = Math.Max(from, end - piece.Length);
            int read = ReadWhole(start, piece[..(int)(end - start)]);
            int newline = piece[..read].LastIndexOf((byte)'\n');
            if (newline >= 0) return start + newline + 1;
            end = start;
        }
        return from;
    }

    /// <summary>The status of the open file, whatever its name is now.</summary>
    FileStatus Stat();
}
