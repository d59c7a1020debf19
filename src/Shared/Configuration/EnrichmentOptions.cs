using LogPipeline.Enrichment;
using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Configuration;

/// <summary>What is said of every record of this machine.</summary>
public sealed class EnrichmentOptions
{
    /// <summary>Name of the Kubernetes cluster; part of kubelet files' identity.</summary>
    public string Cluster { get; set; } = "";

    /// <summary><c>host.name</c>; the machine's own when empty.</summary>
    public string Host { get; set; } = "";

    /// <summary>Static fields under <c>resource</c>, by their dotted names.</summary>
    public Dictionary<string, string> Fields { get; set; } = [];

    public KubernetesOptions Kubernetes { get; set; } = new();

    /// <summary>The cluster's name, as it was given by <see cref="Cluster"/> or as a static field.</summary>
    public string ClusterName => Cluster.Length > 0 ? Cluster : Fields.GetValueOrDefault(ResourceNames.ClusterName, "");
}
