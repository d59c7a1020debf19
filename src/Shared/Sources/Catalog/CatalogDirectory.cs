using LogPipeline.Sources.Layouts;
using LogPipeline.Tailing;

namespace LogPipeline.Sources.Catalog;

/// <summary>How a source's walk comes to a directory: under which path, and at which places of its glob.</summary>
internal readonly record struct Reach(string Found, CatalogSource Source, ulong Places);

/// <summary>A file that a symbolic link leads to: the file's name, the link's path, its directory, and the source that matched it.</summary>
internal readonly record struct LinkedFile(string Name, string LinkPath, CatalogDirectory From, CatalogSource Source)
{
    public bool IsOf(CatalogDirectory directory, LinkEntry link) => ReferenceEquals(From, directory) && Path.GetFileName(LinkPath) == link.Name;
}

/// <summary>What is known of one directory, by its resolved path. It exists as long as a glob or a link leads to it.</summary>
internal sealed class CatalogDirectory(string path)
{
    public string Path { get; } = path;

    public int Depth { get; } = path.AsSpan().Count('/');

    public List<Reach> Reaches { get; } = new(1);

    /// <summary>Counts the changes of <see cref="Reaches"/>.</summary>
    public int ReachVersion { get; set; }

    /// <summary>By ordinal name.</summary>
    public CatalogEntry[] Entries { get; set; } = [];

    /// <summary>The links from elsewhere that lead to files here; null when there are none.</summary>
    public List<LinkedFile>? Linked { get; set; }

    /// <summary>Live names whose rotated siblings stay with them while the live file is missing; null when there are none.</summary>
    public HashSet<string>? SeenLive { get; set; }

    /// <summary>Null until listed, and when it has vanished.</summary>
    public FileStatus? Status { get; set; }

    /// <summary>The listing is at least as new as the directory's time of modification tells: while that stays, the names stay.</summary>
    public bool Settled { get; set; }

    /// <summary>A name came or went, or leads to another file than when it was looked at last.</summary>
    public bool Restless { get; set; }

    /// <summary>The highest restart with a file here, in a kubelet's container directory; -1 elsewhere.</summary>
    public int HighestRestart { get; set; } = -1;

    public List<CandidateStream> Streams { get; set; } = new(0);

    /// <summary>The last look that included this directory.</summary>
    public long Look { get; set; }

    public bool Queued { get; set; }

    public bool Forced { get; set; }

    public bool Dirty { get; set; }

    public bool Forgotten { get; set; }

    public string PathOf(string name) => Path == "/" ? "/" + name : $"{Path}/{name}";

    public CatalogEntry? Find(string name)
    {
        int low = 0, high = Entries.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = string.CompareOrdinal(Entries[middle].Name, name);
            if (order == 0) return Entries[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return null;
    }

    /// <summary>The first source in the configuration that matches a file of this name, whether or not it exists; null when none does.</summary>
    public CatalogSource? SourceOf(string name)
    {
        CatalogSource? best = SourceByPath(name)?.Source;
        if (Linked is null) return best;
        foreach (LinkedFile link in Linked)
            if (link.Name == name && (best is null || link.Source.Index < best.Index)) best = link.Source;
        return best;
    }

    /// <summary>
    /// The reach of the first source whose glob matches the name and whose excludes match neither the path found nor
    /// <paramref name="resolved"/> (the name's own path when null).
    /// </summary>
    public Reach? SourceByPath(string name, string? resolved = null)
    {
        Reach? best = null;
        foreach (Reach reach in Reaches)
        {
            if (best is { } better && better.Source.Index <= reach.Source.Index) continue;
            PathGlob glob = reach.Source.Include;
            if (!glob.Accepts(glob.Step(reach.Places, name))) continue;
            if (reach.Source.HasExcludes && (reach.Source.Excludes(resolved ?? PathOf(name)) || reach.Source.Excludes(Join(reach.Found, name)))) continue;
            best = reach;
        }

        return best;
    }

    /// <summary>The name is a log file by a glob or a link, or would be a rotated sibling of one that its source does not exclude.</summary>
    public bool IsOfInterest(string name) =>
        SourceOf(name) is not null
        || (RotatedName.TryParse(name, out string? live, out _) && IsOfInterest(live) && SourceOf(live)?.Excludes(PathOf(name)) != true);

    public static string Join(string directory, string name) => directory == "/" ? "/" + name : $"{directory}/{name}";
}
