using LogPipeline.Enrichment.Hints;

namespace LogPipeline.Enrichment.Pods;

/// <summary>A Pod, and what it says of its own logs.</summary>
public sealed record KnownPod(PodMetadata Metadata, PodHints Hints);
