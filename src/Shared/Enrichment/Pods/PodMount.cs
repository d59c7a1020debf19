namespace LogPipeline.Enrichment.Pods;

/// <summary>Where a container sees a volume.</summary>
/// <param name="Volume">The volume's name.</param>
/// <param name="Path">The absolute path in the container.</param>
public sealed record PodMount(string Volume, string Path);
