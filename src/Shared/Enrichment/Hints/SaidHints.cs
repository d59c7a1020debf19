using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Joining;
using LogPipeline.Parsing;

namespace LogPipeline.Enrichment.Hints;

/// <summary>Collects what the words of one Pod say, whoever's they are, and what is wrong with them.</summary>
/// <param name="pod">The Pod.</param>
/// <param name="podsDirectory">The kubelet's directory of Pods; null where this process has not got it.</param>
internal sealed class SaidHints(PodMetadata pod, string? podsDirectory)
{
    /// <summary>Characters of a pattern: it is compiled by whoever joins, and comes from whoever may make Pods.</summary>
    private const int MaxPatternLength = 512;

    /// <summary>Globs of a Pod: each is walked for as long as the Pod lives.</summary>
    private const int MostFiles = 32;

    private readonly List<(HintScope Scope, string? Container, ContainerHints Hints)> _said = [];
    private readonly List<string> _problems = [];
    private readonly List<NamedFiles> _files = [];

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The files in containers that are named, where the node has them.</summary>
    public IReadOnlyList<NamedFiles> NamedFiles => _files;

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

    /// <summary>The hint names files in a container, or in each that has them: globs over its paths, separated by commas.</summary>
    public void Files(string? container, string hint, string value)
    {
        if (container is not null && pod.Containers.All(known => known.Name != container)) Fail(hint, $"names a container '{container}', which the Pod has not got");
        else if (podsDirectory is null) Fail(hint, "names files in a container, and the kubelet's directory of Pods is not there: in a cluster k8s/components/in-container-files mounts it");
        // Whose such a Pod is, is said by an annotation that anybody may write.
        else if (pod.LogUid != pod.Uid) Fail(hint, "names files in a container of a static Pod, which are not read");
        else
            foreach (string path in value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) FilesAt(container, hint, path, podsDirectory);
    }

    private void FilesAt(string? container, string hint, string path, string directory)
    {
        var found = new List<NamedFiles>();
        string? why = null;
        foreach (PodContainer known in pod.Containers.Where(known => container is null || known.Name == container))
        {
            found.AddRange(ContainerFiles.Find(pod, known, path, directory, out string problem).Select(glob => new NamedFiles(known.Name, glob)));
            why ??= problem;
        }
        if (found.Count == 0) Fail(hint, $"names '{path}', which {why ?? "is in no container"}");
        else if (_files.Count + found.Count > MostFiles) Fail(hint, $"names '{path}' beyond the {MostFiles} places that a Pod may name");
        else _files.AddRange(found);
    }

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
