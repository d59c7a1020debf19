using System.Text.Json;
using k8s;
using k8s.Models;
using LogPipeline.Enrichment.Hints;
using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Node.Metadata;

/// <summary>The API's objects as the core knows them; <see cref="JsonException"/> and <see cref="FormatException"/> for what is none of them. What nothing depends on is left out: it need not be kept, and its changes change nothing.</summary>
internal static class MetadataReading
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private static readonly Dictionary<string, string> s_nothing = [];

    public static (IReadOnlyList<PodMetadata> Items, string ResourceVersion) Pods(Stream json)
    {
        V1PodList list = KubernetesJson.Deserialize<V1PodList>(json);
        return ([.. (list.Items ?? []).Select(Of)], Required(list.Metadata?.ResourceVersion));
    }

    public static (IReadOnlyList<NamespaceMetadata> Items, string ResourceVersion) Namespaces(Stream json)
    {
        V1NamespaceList list = KubernetesJson.Deserialize<V1NamespaceList>(json);
        return ([.. (list.Items ?? []).Select(Of)], Required(list.Metadata?.ResourceVersion));
    }

    public static PodMetadata Pod(string json) => Of(KubernetesJson.Deserialize<V1Pod>(json));

    public static NamespaceMetadata Namespace(string json) => Of(KubernetesJson.Deserialize<V1Namespace>(json));

    private static PodMetadata Of(V1Pod pod)
    {
        if (pod is not { Metadata: not null, Spec: not null }) throw new JsonException("a pod without metadata or spec");
        IReadOnlyDictionary<string, string> labels = Copy(pod.Metadata.Labels, static _ => true);
        V1OwnerReference? owner = pod.Metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller == true);
        IEnumerable<V1Container> containers = (pod.Spec.InitContainers ?? []).Concat(pod.Spec.Containers ?? []);
        return new PodMetadata
        {
            Uid = Required(pod.Metadata.Uid), Namespace = Required(pod.Metadata.NamespaceProperty), Name = Required(pod.Metadata.Name), Node = pod.Spec.NodeName ?? "",
            Labels = labels,
            Annotations = Copy(pod.Metadata.Annotations, static key => PodHints.IsOfInterest(key) || PodMetadata.IsOfInterest(key)),
            Owner = owner is null ? PodOwner.None : PodOwner.Of(owner.Kind, owner.Name, labels),
            Containers = [.. containers.Select(Of)],
            EmptyDirectories = [.. (pod.Spec.Volumes ?? []).Where(volume => volume.EmptyDir is { } directory && string.IsNullOrEmpty(directory.Medium)).Select(volume => volume.Name)],
        };
    }

    private static PodContainer Of(V1Container container) => new()
    {
        Name = container.Name,
        Environment = (container.Env ?? []).Where(variable => variable.Value is not null && PodHints.IsOfInterest(variable.Name)).GroupBy(variable => variable.Name).ToDictionary(same => same.Key, same => same.Last().Value),
        Mounts = [.. (container.VolumeMounts ?? []).Select(mount => new PodMount(mount.Name, mount.MountPath, string.IsNullOrEmpty(mount.SubPathExpr) ? mount.SubPath ?? "" : null))],
    };

    private static NamespaceMetadata Of(V1Namespace known) => new()
    {
        Name = Required(known.Metadata?.Name),
        Labels = Copy(known.Metadata!.Labels, static _ => true),
        Annotations = Copy(known.Metadata!.Annotations, static key => key != LastApplied),
    };

    private static string Required(string? text) => string.IsNullOrEmpty(text) ? throw new JsonException("a name, a namespace, a uid or a resourceVersion is missing") : text;

    private static Dictionary<string, string> Copy(IDictionary<string, string>? texts, Func<string, bool> isWanted) =>
        texts?.Where(text => isWanted(text.Key)).ToDictionary(text => text.Key, text => text.Value) ?? s_nothing;
}
