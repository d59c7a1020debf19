namespace LogPipeline.Enrichment.Pods;

/// <summary>What made a Pod.</summary>
/// <param name="Kind"><c>Deployment</c>, <c>StatefulSet</c>, <c>Job</c> and so on; empty where nothing did.</param>
/// <param name="Name">Its name.</param>
public readonly record struct PodOwner(string Kind, string Name)
{
    private const string HashLabel = "pod-template-hash";

    public static PodOwner None { get; } = new("", "");

    /// <summary>
    /// What a person would name: a Deployment instead of the ReplicaSet that it made, whose name is the Deployment's, a dash, and the Pod's label
    /// <c>pod-template-hash</c>; otherwise the owner itself.
    /// </summary>
    public static PodOwner Of(string kind, string name, IReadOnlyDictionary<string, string> labels) =>
        kind == "ReplicaSet" && labels.TryGetValue(HashLabel, out string? hash) && hash.Length > 0 && name.EndsWith("-" + hash, StringComparison.Ordinal)
            ? new("Deployment", name[..^(hash.Length + 1)])
            : new(kind, name);
}
