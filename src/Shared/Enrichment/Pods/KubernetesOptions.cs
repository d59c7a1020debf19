namespace LogPipeline.Enrichment.Pods;

/// <summary>What a node of the cluster edition asks the Kubernetes API: the Pods of its own node and the namespaces. A single process asks nothing.</summary>
public sealed class KubernetesOptions
{
    public bool Enabled { get; set; }

    /// <summary><c>spec.nodeName</c> of the Pods that are asked for; empty: <see cref="Configuration.EnrichmentOptions.Host"/>, or the machine's own name.</summary>
    public string Node { get; set; } = "";

    /// <summary>A kubeconfig file that says where the API is; null: the Pod's service account.</summary>
    public string? Kubeconfig { get; set; }

    /// <summary>How long a stream waits for its Pod, counted from when it was first seen, before it goes on without. 0 to 1 h.</summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Whether what a Pod says of its own logs (<c>logpipeline.io/exclude</c> and the like) is followed.</summary>
    public bool Hints { get; set; } = true;

    /// <summary>Where the kubelet keeps the volumes of Pods; files that Pods name in their containers are read there, if it exists.</summary>
    public string PodsDirectory { get; set; } = "/var/lib/kubelet/pods";
}
