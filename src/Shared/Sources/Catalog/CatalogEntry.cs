using LogPipeline.Tailing;

namespace LogPipeline.Sources.Catalog;

/// <summary>A name in a <see cref="CatalogDirectory"/> that a source has an interest in.</summary>
internal abstract class CatalogEntry(string name)
{
    public string Name { get; } = name;
}

/// <summary>A directory that a source's glob leads into.</summary>
internal sealed class ChildEntry(string name, CatalogDirectory directory) : CatalogEntry(name)
{
    public CatalogDirectory Directory { get; } = directory;

    /// <summary>The parent's <see cref="CatalogDirectory.ReachVersion"/> that the child's reaches were derived from.</summary>
    public int ReachVersion { get; set; } = -1;
}

/// <summary>A symbolic link that a source's glob matches or leads through.</summary>
internal sealed class LinkEntry(string name) : CatalogEntry(name)
{
    /// <summary>What it led to last; null when that was nothing.</summary>
    public FileStatus? Status { get; set; }

    /// <summary>The directory it leads to, or that of the file it leads to.</summary>
    public CatalogDirectory? Target { get; set; }

    /// <summary>The file's name there; null when the link leads to the directory itself.</summary>
    public string? TargetName { get; set; }

    public int ReachVersion { get; set; } = -1;
}

/// <summary>A regular file: a log file or perhaps a rotated sibling of one.</summary>
internal sealed class FileEntry(string name, string path) : CatalogEntry(name)
{
    private DiscoveredFile? _discovered;

    public string Path { get; } = path;

    /// <summary>Null until it could be looked at.</summary>
    public FileStatus? Status { get; set; }

    /// <summary>Opening it was refused.</summary>
    public bool Denied { get; set; }

    public bool Readable => Status is not null && !Denied;

    /// <summary>The file as handed out; the same object as long as nothing changed.</summary>
    public DiscoveredFile Discovered(bool compressed, bool live)
    {
        FileStatus status = Status!.Value;
        if (_discovered is { } known && known.SizeBytes == status.SizeBytes && known.ModifiedNanos == status.ModifiedNanos && known.Inode == status.Inode
            && known.Device == status.Device && known.BirthNanos == status.BirthNanos && known.Compressed == compressed && known.Live == live) return known;
        return _discovered = new DiscoveredFile
        {
            Path = Path,
            Device = status.Device,
            Inode = status.Inode,
            SizeBytes = status.SizeBytes,
            BirthNanos = status.BirthNanos,
            ModifiedNanos = status.ModifiedNanos,
            Compressed = compressed,
            Live = live,
        };
    }
}
