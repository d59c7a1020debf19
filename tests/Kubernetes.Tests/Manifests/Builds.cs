namespace LogPipeline.Tests.Kubernetes.Manifests;

/// <summary>Everything that <c>k8s/</c> can be built into.</summary>
internal static class Builds
{
    private static readonly Dictionary<string, Func<Kustomization>> s_all = new()
    {
        ["base"] = () => Kustomization.Of("k8s/base"),
        ["local"] = () => Kustomization.Of("k8s/overlays/local"),
        ["production"] = () => Kustomization.Of("k8s/overlays/production"),
        ["sidecar"] = () => Kustomization.Of("k8s/sidecar"),
        ["production, positions in PostgreSQL, in-container files"] = () => Kustomization.With("k8s/overlays/production", "k8s/components/postgresql", "k8s/components/in-container-files"),
        ["base, monitoring, KEDA"] = () => Kustomization.With("k8s/base", "k8s/monitoring", "k8s/autoscaling/keda"),
    };

    public static TheoryData<string> Names { get; } = [.. s_all.Keys];

    public static Kustomization Named(string name) => s_all[name]();
}
