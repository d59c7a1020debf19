using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Enrichment.Hints;

/// <summary>
/// Environment variables of a container: <c>LOG_COLLECT_FILES</c> (globs over paths in the container), and log-pilot's
/// <c>aliyun_logs_NAME</c>: <c>stdout</c>, which is read anyway, or the path of a file; with <c>aliyun_logs_NAME_format</c>
/// (https://github.com/AliyunContainerService/log-pilot).
/// </summary>
internal static class EnvironmentHints
{
    private const string Files = "LOG_COLLECT_FILES", AliyunPrefix = "aliyun_logs_";

    // Where and as what Alibaba's service keeps them.
    private static readonly string[] s_withoutEquivalent = ["_project", "_logstore", "_shard", "_ttl", "_machinegroup", "_tags", "_target", "_logtype", "_configtags", "_product", "_detail", "_jsonfile"];

    public static void Read(PodMetadata pod, SaidHints said)
    {
        foreach (PodContainer container in pod.Containers)
        {
            foreach ((string name, string value) in container.Environment)
            {
                if (name == Files) said.Files(container.Name, name, value);
                else if (name.StartsWith(AliyunPrefix, StringComparison.Ordinal)) Aliyun(container.Name, name, value, said);
            }
        }
    }

    private static void Aliyun(string container, string name, string value, SaidHints said)
    {
        if (s_withoutEquivalent.Any(ending => name.EndsWith(ending, StringComparison.Ordinal))) said.Fail(name, "has no equivalent here");
        else if (name.EndsWith("_format", StringComparison.Ordinal))
        {
            if (value is "json" or "none") said.Parser(HintScope.OthersContainer, container, name, value == "json" ? "json" : "auto");
            else said.Fail(name, $"is '{value}', which has no equivalent here");
        }
        else if (value != "stdout") said.Files(container, name, value);
    }
}
