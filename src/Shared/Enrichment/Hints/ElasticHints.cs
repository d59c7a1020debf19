using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Enrichment.Hints;

/// <summary>
/// Annotations of Filebeat's hints: <c>co.elastic.logs/NAME</c>, and <c>co.elastic.logs.CONTAINER/NAME</c>
/// (https://www.elastic.co/guide/en/beats/filebeat/7.10/configuration-autodiscover-hints.html).
/// </summary>
internal static class ElasticHints
{
    private const string Prefix = "co.elastic.logs";

    public static void Read(PodMetadata pod, SaidHints said)
    {
        foreach (IGrouping<string, (string Key, string Name, string Value)> group in pod.Annotations.Select(Parse).Where(hint => hint.Name.Length > 0).GroupBy(hint => hint.Key[..hint.Key.IndexOf('/', StringComparison.Ordinal)]))
        {
            string? container = group.Key.Length > Prefix.Length ? group.Key[(Prefix.Length + 1)..] : null;
            HintScope scope = container is null ? HintScope.OthersPod : HintScope.OthersContainer;
            Dictionary<string, string> multiline = [];
            foreach ((string key, string name, string value) in group)
            {
                if (name == "enabled") said.Exclude(scope, container, key, value, whenTrue: false);
                else if (name == "disable") said.Exclude(scope, container, key, value);
                else if (name.StartsWith("json.", StringComparison.Ordinal)) said.Parser(scope, container, key, "json");
                else if (name is "multiline.pattern" or "multiline.negate" or "multiline.match" or "multiline.type") multiline[name["multiline.".Length..]] = value;
                else said.Fail(key, "has no equivalent here");
            }
            if (multiline.Count > 0) Multiline(scope, container, group.Key + "/multiline", multiline, said);
        }
    }

    private static (string Key, string Name, string Value) Parse(KeyValuePair<string, string> annotation)
    {
        int slash = annotation.Key.IndexOf('/', StringComparison.Ordinal);
        bool isHint = slash >= Prefix.Length && annotation.Key.StartsWith(Prefix, StringComparison.Ordinal) && (slash == Prefix.Length || annotation.Key[Prefix.Length] == '.');
        return (annotation.Key, isHint ? annotation.Key[(slash + 1)..] : "", annotation.Value);
    }

    // Lines that match (negated: that do not) are added to the line before (after), or put ahead of the one behind them (before).
    private static void Multiline(HintScope scope, string? container, string hint, Dictionary<string, string> multiline, SaidHints said)
    {
        bool negate = multiline.GetValueOrDefault("negate") == "true";
        JoiningOptions? options = (multiline.GetValueOrDefault("pattern"), multiline.GetValueOrDefault("match", "after"), negate) switch
        {
            (null, _, _) => null,
            ({ } pattern, "after", true) => new JoiningOptions { Start = pattern },
            ({ } pattern, "after", false) => new JoiningOptions { Continue = pattern },
            ({ } pattern, "before", true) => new JoiningOptions { End = pattern },
            _ => null,
        };
        if (options is null || multiline.GetValueOrDefault("type", "pattern") != "pattern") said.Fail(hint, "has no equivalent here in this combination");
        else said.Joining(scope, container, hint, options);
    }
}
