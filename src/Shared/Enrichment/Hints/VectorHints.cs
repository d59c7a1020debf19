using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Enrichment.Hints;

/// <summary>
/// Vector's: the label (here also annotation) <c>vector.dev/exclude</c>, and the annotation <c>vector.dev/exclude-containers</c>, a list of names separated by commas
/// (https://vector.dev/docs/reference/configuration/sources/kubernetes_logs/).
/// </summary>
internal static class VectorHints
{
    private const string Exclude = "vector.dev/exclude";

    public static void Read(PodMetadata pod, SaidHints said)
    {
        if (pod.Labels.TryGetValue(Exclude, out string? value) || pod.Annotations.TryGetValue(Exclude, out value)) said.Exclude(HintScope.OthersPod, null, Exclude, value);
        if (!pod.Annotations.TryGetValue(Exclude + "-containers", out string? names)) return;
        foreach (string name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) said.Exclude(HintScope.OthersContainer, name, Exclude + "-containers", "true");
    }
}
