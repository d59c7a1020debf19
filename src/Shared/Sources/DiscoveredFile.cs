namespace LogPipeline.Sources;

/// <summary>A file as it was seen on disk. <see cref="Device"/> and <see cref="Inode"/> are those of the file itself, links resolved.</summary>
public sealed record DiscoveredFile
{
    public required string Path { get; init; }
    public required ulong Device { get; init; }
    public required ulong Inode { get; init; }

    /// <summary>Bytes on disk (of the compressed file when <see cref="Compressed"/>).</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Birth time in nanoseconds since the Unix epoch; 0 where the file system has none.</summary>
    public long BirthNanos { get; init; }

    /// <summary>Last modification in nanoseconds since the Unix epoch.</summary>
    public long ModifiedNanos { get; init; }

    /// <summary>A gzip sibling.</summary>
    public bool Compressed { get; init; }

    /// <summary>The file that the writer appends to (no rotation suffix).</summary>
    public bool Live { get; init; }
}
