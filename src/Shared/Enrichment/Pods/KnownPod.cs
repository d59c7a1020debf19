using LogPipeline.Enrichment.Hints;

namespace LogPipeline.Enrichment.Pods;

/// <summary>A Pod, and what it says of its own logs.</summary>
public sealed record KnownPod(PodMetadata Metadata, PodHints Hints)
{
    /// <summary>The files in its containers that are read, as globs over the node's paths: all that it has ever named, as what has been begun is read to its end.</summary>
    public IReadOnlyList<string> Files { get; init; } = [.. Hints.Files.Select(files => files.Path)];
}
