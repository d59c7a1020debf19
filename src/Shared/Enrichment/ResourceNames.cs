namespace LogPipeline.Enrichment;

/// <summary>The names under <c>resource</c> that the pipeline itself writes: OpenTelemetry's, but for <see cref="ContainerLabels"/> (one <c>flat_object</c>).</summary>
public static class ResourceNames
{
    public const string HostName = "host.name";
    public const string ClusterName = "k8s.cluster.name";
    public const string NamespaceName = "k8s.namespace.name";
    public const string PodName = "k8s.pod.name";
    public const string PodUid = "k8s.pod.uid";
    public const string ContainerName = "k8s.container.name";
    public const string RestartCount = "k8s.container.restart_count";
    public const string ContainerId = "container.id";
    public const string ContainerLabels = "container.labels";

    public static IReadOnlyList<string> All { get; } =
        [HostName, ClusterName, NamespaceName, PodName, PodUid, ContainerName, RestartCount, ContainerId, ContainerLabels];

    /// <summary>
    /// Two dotted names that one document cannot have both: they are the same, or one would have to be a text and an object
    /// (<c>host</c> and <c>host.name</c>), which servers refuse.
    /// </summary>
    public static bool Clash(string left, string right) =>
        left == right || left.StartsWith(right + ".", StringComparison.Ordinal) || right.StartsWith(left + ".", StringComparison.Ordinal);

    /// <summary>
    /// What is wrong with the name of a static field, in words that name it; null when nothing is. A text that the pipeline would write may be given: a
    /// sidecar knows its pod, and what a person says wins.
    /// </summary>
    public static string? CheckStatic(string name)
    {
        if (name.Length is 0 or > 128) return $"'{name}' is no field's name (1 to 128 characters)";
        foreach (string part in name.Split('.'))
        {
            if (part.Length == 0 || !char.IsAsciiLetter(part[0]) || !part.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                return $"{name} is no field's name (parts between dots begin with a letter and have letters, digits, _ and -)";
        }
        string? own = All.FirstOrDefault(taken => Clash(name, taken));
        return own is null || (own == name && own is not (RestartCount or ContainerLabels)) ? null : $"{name} clashes with {own}, which the pipeline writes itself";
    }
}
