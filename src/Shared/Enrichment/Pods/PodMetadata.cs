using LogPipeline.Sources.Layouts;

namespace LogPipeline.Enrichment.Pods;

/// <summary>What the API says of a Pod, as far as its logs are concerned. Immutable.</summary>
public sealed record PodMetadata
{
    private static readonly string[] s_logUidAnnotations = ["kubernetes.io/config.mirror", "kubernetes.io/config.hash"];

    public required string Uid { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>The node that it runs on.</summary>
    public string Node { get; init; } = "";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>What made it: kind and name of the owner that controls it; empty where nothing does.</summary>
    public PodOwner Owner { get; init; } = PodOwner.None;

    /// <summary>Its containers, init containers and sidecars among them.</summary>
    public IReadOnlyList<PodContainer> Containers { get; init; } = [];

    /// <summary>Its emptyDir volumes that are directories of the node's disk, and not kept in memory: one in memory is a mount, which a file that is held open in it keeps the kubelet from removing.</summary>
    public IReadOnlyList<string> EmptyDirectories { get; init; } = [];

    /// <summary>
    /// The uid in the names of its log directories. A static Pod's is the hash of its manifest, and not the uid of the mirror that the API shows
    /// (<c>kubernetes.io/config.mirror</c>, <c>config.hash</c>).
    /// </summary>
    public string LogUid => s_logUidAnnotations.Select(name => Annotations.GetValueOrDefault(name)).FirstOrDefault(hash => !string.IsNullOrEmpty(hash)) ?? Uid;

    /// <summary>Whether an annotation of this name says anything of which files are the Pod's.</summary>
    public static bool IsOfInterest(string annotation) => s_logUidAnnotations.Contains(annotation);

    /// <summary>The one container that sees a file of an emptyDir volume; empty where several do, or none.</summary>
    public string ContainerWith(string path)
    {
        if (!EmptyDirectoryPath.TryParse(path, out _, out string? volume, out _)) return "";
        string[] names = [.. Containers.Where(container => container.Mounts.Any(mount => mount.Volume == volume)).Select(container => container.Name)];
        return names is [{ } only] ? only : "";
    }

    /// <summary>Nothing that documents or decisions depend on is different.</summary>
    public bool SaysTheSameAs(PodMetadata other) =>
        Uid == other.Uid && Namespace == other.Namespace && Name == other.Name && Node == other.Node && Owner == other.Owner && Texts.Same(Labels, other.Labels)
        && Texts.Same(Annotations, other.Annotations)
        && Containers.Count == other.Containers.Count && Containers.Zip(other.Containers).All(pair => pair.First.SaysTheSameAs(pair.Second));
}
