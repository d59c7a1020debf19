using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Enrichment.Hints;

/// <summary>
/// The project's own annotations. A key has one slash only and at most 63 characters behind it, so a container is named behind a dot:
/// <code>
/// key     = "logpipeline.io/" hint ["." container]
/// hint    = "exclude" / "parser" / "joining" / "files"
/// files   = glob *("," glob)
/// joining = preset / ("start=" / "continue=" / "end=") pattern
/// </code>
/// </summary>
internal static class OwnHints
{
    private const string Prefix = "logpipeline.io/";

    public static void Read(PodMetadata pod, SaidHints said)
    {
        foreach ((string key, string value) in pod.Annotations.Where(annotation => annotation.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string[] parts = key[Prefix.Length..].Split('.', 2);
            string? container = parts.Length > 1 ? parts[1] : null;
            HintScope scope = container is null ? HintScope.OwnPod : HintScope.OwnContainer;
            switch (parts[0])
            {
                case "exclude":
                    said.Exclude(scope, container, key, value);
                    break;
                case "parser":
                    said.Parser(scope, container, key, value);
                    break;
                case "joining":
                    said.Joining(scope, container, key, JoiningOf(value));
                    break;
                case "files":
                    said.Files(container, key, value);
                    break;
                default:
                    said.Fail(key, "is none of exclude, parser, joining and files");
                    break;
            }
        }
    }

    private static JoiningOptions JoiningOf(string value) => value.Split('=', 2) switch
    {
        ["start", { } pattern] => new JoiningOptions { Start = pattern },
        ["continue", { } pattern] => new JoiningOptions { Continue = pattern },
        ["end", { } pattern] => new JoiningOptions { End = pattern },
        _ => new JoiningOptions { Preset = value },
    };
}
