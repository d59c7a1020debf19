using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Joining;
using LogPipeline.Parsing;

namespace LogPipeline.Enrichment.Hints;

/// <summary>Collects what the words of one Pod say, whoever's they are, and what is wrong with them.</summary>
internal sealed class SaidHints(PodMetadata pod)
{
    /// <summary>Characters of a pattern: it is compiled by whoever joins, and comes from whoever may make Pods.</summary>
    private const int MaxPatternLength = 512;

    private readonly List<(HintScope Scope, string? Container, ContainerHints Hints)> _said = [];
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The hint has no equivalent here, or no meaning.</summary>
    public void Fail(string hint, string why) => _problems.Add($"{hint} {why}");

    public void Exclude(HintScope scope, string? container, string hint, string value, bool whenTrue = true)
    {
        if (!bool.TryParse(value, out bool said)) Fail(hint, $"is '{value}', which is neither true nor false");
        else Add(scope, container, hint, new ContainerHints { Exclude = said == whenTrue });
    }

    public void Parser(HintScope scope, string? container, string hint, string value)
    {
        if (RecordParsers.Names.Contains(value)) Add(scope, container, hint, new ContainerHints { Parser = value });
        else Fail(hint, $"is '{value}'; parsers are {string.Join(", ", RecordParsers.Names)}");
    }

    public void Joining(HintScope scope, string? container, string hint, JoiningOptions options)
    {
        string pattern = options.Start ?? options.Continue ?? options.End ?? "";
        if (pattern.Length > MaxPatternLength) Fail(hint, $"has a pattern of {pattern.Length} characters; {MaxPatternLength} are allowed");
        else if (JoiningRule.TryCreate(options, 1, out _, out string error)) Add(scope, container, hint, new ContainerHints { Joining = options });
        else Fail(hint, $"cannot be used: {error}");
    }

    /// <summary>The hint names files in a container.</summary>
    public void Files(string hint) => Fail(hint, "names files in a container, which is not followed yet; sources can name them");

    public ContainerHints For(string container)
    {
        ContainerHints[] applying = [.. _said.Where(said => said.Container is null || said.Container == container).OrderByDescending(said => said.Scope).Select(said => said.Hints)];
        return new ContainerHints
        {
            Exclude = applying.Select(hints => hints.Exclude).FirstOrDefault(exclude => exclude is not null),
            Parser = applying.Select(hints => hints.Parser).FirstOrDefault(parser => parser is not null),
            Joining = applying.Select(hints => hints.Joining).FirstOrDefault(joining => joining is not null),
        };
    }

    private void Add(HintScope scope, string? container, string hint, ContainerHints hints)
    {
        if (container is not null && pod.Containers.All(known => known.Name != container)) Fail(hint, $"names a container '{container}', which the Pod has not got");
        else _said.Add((scope, container, hints));
    }
}
