namespace LogPipeline.Enrichment.Pods;

/// <summary>Where a container sees a volume.</summary>
/// <param name="Volume">The volume's name.</param>
/// <param name="Path">The absolute path in the container.</param>
/// <param name="SubPath">What of the volume is mounted there: empty for all of it; null where an expression says it, which only the kubelet resolves.</param>
public sealed record PodMount(string Volume, string Path, string? SubPath = "");
