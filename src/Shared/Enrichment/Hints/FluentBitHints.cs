using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Enrichment.Hints;

/// <summary>Annotations of Fluent Bit: <c>fluentbit.io/parser[_stream][-container]</c> and <c>fluentbit.io/exclude[_stream][-container]</c> (https://docs.fluentbit.io/manual/pipeline/filters/kubernetes).</summary>
internal static class FluentBitHints
{
    private const string Prefix = "fluentbit.io/";

    public static void Read(PodMetadata pod, SaidHints said)
    {
        foreach ((string key, string value) in pod.Annotations.Where(annotation => annotation.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string name = key[Prefix.Length..];
            int dash = name.IndexOf('-', StringComparison.Ordinal);
            string? container = dash >= 0 ? name[(dash + 1)..] : null;
            HintScope scope = container is null ? HintScope.OthersPod : HintScope.OthersContainer;
            switch (dash >= 0 ? name[..dash] : name)
            {
                case "exclude":
                    said.Exclude(scope, container, key, value);
                    break;
                case "parser" when value is "json" or "docker":
                    said.Parser(scope, container, key, "json");
                    break;
                case "parser":
                    said.Fail(key, $"names a parser '{value}' of Fluent Bit's configuration, which is not known here");
                    break;
                default:
                    said.Fail(key, "has no equivalent here");
                    break;
            }
        }
    }
}
