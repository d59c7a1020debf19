using LogPipeline.Sources.Layouts;
using LogPipeline.Tailing;

namespace LogPipeline.Sources.Catalog;

/// <summary>Names a file whatever its names are. The birth time tells a new file from an old one whose number it got.</summary>
internal readonly record struct FileKey(ulong Device, ulong Inode, long BirthNanos)
{
    public static FileKey Of(FileStatus status) => new(status.Device, status.Inode, status.BirthNanos);
}

/// <summary>A file of a stream; <paramref name="Rotation"/> is null for the live one.</summary>
internal readonly record struct StreamMember(FileEntry File, Rotation? Rotation);

/// <summary>What a directory's names say of one stream, before other streams' claims on the same files.</summary>
internal sealed record StreamShape(
    string Key, SourceKind Kind, CatalogSource Source, LogFormat Format, LogOrigin Origin, bool Ended, List<StreamMember> Members);

/// <summary>A stream as the catalog keeps it: its shape of the last look and what was handed out of it.</summary>
internal sealed class CandidateStream(StreamShape shape) : IComparable<CandidateStream>
{
    public StreamShape Shape { get; set; } = shape;

    /// <summary>The files claimed by <see cref="Shape"/>.</summary>
    public List<FileKey> Claims { get; } = new(1);

    /// <summary>Null when no file of it is its own.</summary>
    public DiscoveredStream? Published { get; set; }

    public required CatalogDirectory Directory { get; init; }

    public bool Touched { get; set; }

    /// <summary>Precedence over a file: kubelet, docker, plain; then the configuration's order; then the path, so that it is always the same.</summary>
    public int CompareTo(CandidateStream? other)
    {
        if (other is null) return -1;
        int order = Shape.Kind.CompareTo(other.Shape.Kind);
        if (order == 0) order = Shape.Source.Index.CompareTo(other.Shape.Source.Index);
        return order != 0 ? order : string.CompareOrdinal(Shape.Key, other.Shape.Key);
    }
}
