namespace LogPipeline.Enrichment.Pods;

/// <summary>One container of a Pod's specification. Immutable.</summary>
public sealed record PodContainer
{
    public required string Name { get; init; }

    /// <summary>Environment variables with a value of their own; those that a Secret, a ConfigMap or a field gives are left out.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<PodMount> Mounts { get; init; } = [];

    public bool SaysTheSameAs(PodContainer other) => Name == other.Name && Texts.Same(Environment, other.Environment) && Mounts.SequenceEqual(other.Mounts);
}
