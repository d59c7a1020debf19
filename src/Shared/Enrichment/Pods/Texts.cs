namespace LogPipeline.Enrichment.Pods;

/// <summary>Labels, annotations and other maps of texts.</summary>
internal static class Texts
{
    public static bool Same(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out string? value) && value == pair.Value);
}
