using LogPipeline.Enrichment.Pods;
using LogPipeline.Observability;

namespace LogPipeline.Node.Metadata;

/// <summary>Keeps a <see cref="PodDirectory"/> as the Kubernetes API has it: one watch of the Pods of this node, one of the namespaces.</summary>
public sealed class MetadataWatch : IDisposable
{
    private readonly KubernetesApi _api;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _ended;

    private MetadataWatch(KubernetesApi api, PodDirectory directory, string node, PipelineMetrics metrics, IPipelineLog log, TimeProvider time)
    {
        (_api, Directory) = (api, directory);
        var pods = new WatchedResource<PodMetadata>(
            "pods", $"api/v1/pods?fieldSelector={Uri.EscapeDataString($"spec.nodeName={node}")}", MetadataReading.Pods, MetadataReading.Pod, directory.Replace, directory.Put, directory.Remove);
        var namespaces = new WatchedResource<NamespaceMetadata>("namespaces", "api/v1/namespaces?", MetadataReading.Namespaces, MetadataReading.Namespace, directory.Replace, directory.Put, directory.Remove);
        _ended = Task.WhenAll(
            Task.Run(() => new ResourceWatch<PodMetadata>(api, pods, new WatchProgress(Random.Shared.NextDouble), metrics, log, time).RunAsync(_stopping.Token)),
            Task.Run(() => new ResourceWatch<NamespaceMetadata>(api, namespaces, new WatchProgress(Random.Shared.NextDouble), metrics, log, time).RunAsync(_stopping.Token)));
    }

    public PodDirectory Directory { get; }

    /// <summary>Begins to watch; nothing waits for the API here.</summary>
    /// <param name="api">Owned from here on.</param>
    /// <param name="node">Its <c>spec.nodeName</c>.</param>
    /// <param name="metrics">Counts requests.</param>
    /// <param name="log">Told when the API does not answer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="podsDirectory">The kubelet's directory of Pods; null where it is not there.</param>
    public static MetadataWatch Start(KubernetesApi api, string node, PipelineMetrics metrics, IPipelineLog log, TimeProvider time, string? podsDirectory = null) =>
        new(api, new PodDirectory(log, time, podsDirectory), node, metrics, log, time);

    public void Dispose()
    {
        _stopping.Cancel();
        _ended.Wait();
        _stopping.Dispose();
        _api.Dispose();
    }
}
