using LogPipeline.Sources.Layouts;

namespace LogPipeline.Sources.Catalog;

/// <summary>
/// Puts a directory's files together into streams: a live file and its rotated siblings. A rotated name belongs to its live name when a
/// source matches that name and it exists, has existed, or could be no file of its own (no source matches the rotated name, or the
/// layout is a container runtime's). Otherwise, as with programs that put the date into the name of the file they write, it is a live
/// file itself.
/// </summary>
internal static class StreamGrouping
{
    public static List<StreamShape> Group(CatalogDirectory directory)
    {
        if (!Array.Exists(directory.Entries, static entry => entry is FileEntry))
        {
            directory.SeenLive = null;
            return [];
        }

        var streams = new SortedDictionary<string, List<StreamMember>>(StringComparer.Ordinal);
        foreach (CatalogEntry entry in directory.Entries)
        {
            if (entry is not FileEntry { Readable: true } file || LiveNameOf(directory, file.Name) is not { } live) continue;
            if (!streams.TryGetValue(live, out List<StreamMember>? members)) streams.Add(live, members = new(1));
            Rotation? rotation = live != file.Name && RotatedName.TryParse(file.Name, out _, out Rotation parsed) ? parsed : null;
            members.Add(new StreamMember(file, rotation));
        }

        // A live name is remembered as long as it has files: between a rename and the new file there is a moment without it.
        directory.SeenLive?.IntersectWith(streams.Keys);
        var shapes = new List<StreamShape>(streams.Count);
        foreach ((string live, List<StreamMember> members) in streams)
        {
            if (members.Exists(member => member.Rotation is null) && !IsContainerFile(directory.PathOf(live))) (directory.SeenLive ??= new(StringComparer.Ordinal)).Add(live);
            if (ShapeOf(directory, live, InOrder(members)) is { } shape) shapes.Add(shape);
        }

        return shapes;
    }

    /// <summary>The live name of the stream that a file of this name belongs to; null when it belongs to none.</summary>
    private static string? LiveNameOf(CatalogDirectory directory, string name)
    {
        bool matched = directory.SourceOf(name) is not null;
        if (RotatedName.TryParse(name, out string? live, out _) && LiveNameOf(directory, live) == live
            && (!matched || Exists(directory, live) || IsContainerFile(directory.PathOf(live)))) return live;
        if (matched && live is not null && IsContainerFile(directory.PathOf(live))) return live;
        return matched ? name : null;
    }

    private static bool Exists(CatalogDirectory directory, string live) =>
        directory.Find(live) is FileEntry || directory.SeenLive?.Contains(live) == true;

    private static bool IsContainerFile(string path) => KubeletPath.IsLiveFile(path) || DockerPath.IsLiveFile(path);

    /// <summary>Oldest first, the live file last; of a compressed file and its original only the original, of two names of one file only the live one.</summary>
    private static List<StreamMember> InOrder(List<StreamMember> members)
    {
        if (members.Count == 1) return members;
        bool comparable = members.TrueForAll(member => member.Rotation is not { Stamped: true }) || members.TrueForAll(member => member.Rotation is not { Stamped: false });
        members.Sort((a, b) =>
        {
            int order = (a.Rotation is null).CompareTo(b.Rotation is null);
            if (order == 0 && comparable && a.Rotation is { } x && b.Rotation is { } y) order = x.CompareAge(y);
            if (order == 0) order = a.File.Status!.Value.ModifiedNanos.CompareTo(b.File.Status!.Value.ModifiedNanos);
            return order != 0 ? order : string.CompareOrdinal(a.File.Name, b.File.Name);
        });

        var names = members.Select(member => member.File.Name).ToHashSet(StringComparer.Ordinal);
        members.RemoveAll(member => member.Rotation is { Compressed: true } && names.Contains(member.File.Name[..^3]));
        var seen = new HashSet<FileKey>();
        for (int i = members.Count - 1; i >= 0; i--)
            if (!seen.Add(FileKey.Of(members[i].File.Status!.Value))) members.RemoveAt(i);
        return members;
    }

    private static StreamShape? ShapeOf(CatalogDirectory directory, string live, List<StreamMember> members)
    {
        string path = directory.PathOf(live);
        CatalogSource? source = directory.SourceOf(live) ?? members.Select(member => directory.SourceOf(member.File.Name)).OfType<CatalogSource>().MinBy(matched => matched.Index);
        if (source is null) return null;

        bool docker = DockerPath.TryParse(path, out string? containerId);
        CatalogDirectory container = directory;
        if (!KubeletPath.TryParse(path, out LogOrigin? origin) && KubeletLinkTo(directory, live) is { } link)
        {
            // A kubelet without CRI logs of its own links N.log to the file of Docker.
            _ = KubeletPath.TryParse(link.LinkPath, out origin);
            (container, source) = (link.From, link.Source);
        }

        SourceKind kind = origin is not null ? SourceKind.Kubelet : docker ? SourceKind.Docker : SourceKind.Plain;
        bool ended = origin is not null && container.HighestRestart > origin.Restart;
        origin ??= EmptyDirectoryPath.TryParse(path, out string? podUid, out _, out _) ? new LogOrigin { PodUid = podUid } : new LogOrigin();
        if (docker) origin = origin with { ContainerId = containerId! };
        LogFormat format = source.Format ?? (docker ? LogFormat.Docker : kind == SourceKind.Kubelet ? LogFormat.Cri : LogFormat.Plain);
        return new StreamShape(path, kind, source, format, origin, ended, members);
    }

    private static LinkedFile? KubeletLinkTo(CatalogDirectory directory, string live)
    {
        if (directory.Linked is null) return null;
        LinkedFile? best = null;
        foreach (LinkedFile link in directory.Linked)
        {
            if (link.Name != live || !KubeletPath.IsLiveFile(link.LinkPath)) continue;
            if (best is not { } better || Precedes(link, better)) best = link;
        }

        return best;
    }

    private static bool Precedes(LinkedFile link, LinkedFile other) =>
        link.Source.Index != other.Source.Index ? link.Source.Index < other.Source.Index : string.CompareOrdinal(link.LinkPath, other.LinkPath) < 0;
}
