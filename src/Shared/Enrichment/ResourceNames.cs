namespace LogPipeline.Enrichment;

/// <summary>The names under <c>resource</c> that the pipeline itself writes: OpenTelemetry's, but for the maps of labels (one <c>flat_object</c> each) and <see cref="MetadataMissing"/>.</summary>
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

    public const string NodeName = "k8s.node.name";
    public const string PodLabels = "k8s.pod.labels";

    /// <summary>True where the Kubernetes API did not tell of the Pod in time: what only it knows is absent.</summary>
    public const string MetadataMissing = "k8s.pod.metadata_missing";

    // By the kind of what made a Pod.
    private static readonly Dictionary<string, string> s_owners = new()
    {
        ["Deployment"] = "k8s.deployment.name",
        ["ReplicaSet"] = "k8s.replicaset.name",
        ["StatefulSet"] = "k8s.statefulset.name",
        ["DaemonSet"] = "k8s.daemonset.name",
        ["Job"] = "k8s.job.name",
        ["CronJob"] = "k8s.cronjob.name",
    };

    public static IReadOnlyList<string> All { get; } =
        [HostName, ClusterName, NodeName, NamespaceName, PodName, PodUid, ContainerName, RestartCount, ContainerId, .. s_owners.Values, ContainerLabels, PodLabels, MetadataMissing];

    // A static field is a text; in their place it would be refused by the store.
    private static readonly string[] s_noTexts = [RestartCount, ContainerLabels, PodLabels, MetadataMissing];

    /// <summary>The name under which a Pod's owner is written; null for kinds that have none.</summary>
    public static string? OfOwner(string kind) => s_owners.GetValueOrDefault(kind);

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
        return own is null || (own == name && !s_noTexts.Contains(own)) ? null : $"{name} clashes with {own}, which the pipeline writes itself";
    }
}
