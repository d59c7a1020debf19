using LogPipeline.Configuration;
using LogPipeline.Sources.Layouts;

namespace LogPipeline.Sources.Catalog;

/// <summary>A configured source, its globs parsed. <see cref="Index"/> is its place in the configuration, the order of precedence.</summary>
internal sealed class CatalogSource
{
    private readonly PathGlob[] _exclude;

    public CatalogSource(int index, SourceOptions options)
    {
        Index = index;
        Include = Parse(options.Path);
        _exclude = [.. options.Exclude.Select(Parse)];
        Format = options.Format switch
        {
            "auto" => null,
            "cri" => LogFormat.Cri,
            "docker" => LogFormat.Docker,
            "plain" => LogFormat.Plain,
            _ => throw new ArgumentException($"source {options.Path}: format '{options.Format}' is none of auto, cri, docker, plain"),
        };
    }

    public int Index { get; }

    public PathGlob Include { get; }

    /// <summary>Null: by the file's layout.</summary>
    public LogFormat? Format { get; }

    public bool HasExcludes => _exclude.Length > 0;

    public bool Excludes(string path)
    {
        foreach (PathGlob glob in _exclude)
            if (glob.IsMatchOrBeneath(path)) return true;
        return false;
    }

    private static PathGlob Parse(string text) =>
        PathGlob.TryParse(text, out PathGlob? glob, out string fault) ? glob : throw new ArgumentException($"source {text}: {fault}");
}
