namespace LogPipeline.Enrichment.Pods;

/// <summary>What the API says of a namespace. Immutable.</summary>
public sealed record NamespaceMetadata
{
    public required string Name { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public bool SaysTheSameAs(NamespaceMetadata other) => Name == other.Name && Texts.Same(Labels, other.Labels) && Texts.Same(Annotations, other.Annotations);
}
