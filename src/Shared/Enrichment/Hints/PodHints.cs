using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Enrichment.Hints;

/// <summary>
/// What a Pod says of its own logs: in <c>logpipeline.io/</c> annotations, or in the words of other collectors as far as those have a clear equivalent
/// (docs/kubernetes.md). The project's own words win over others', and what is said of a container over what is said of the Pod. A function of the Pod alone.
/// </summary>
public sealed class PodHints
{
    private static readonly string[] s_beginnings = ["logpipeline.io/", "co.elastic.logs", "fluentbit.io/", "vector.dev/", "LOG_COLLECT_FILES", "aliyun_logs_"];

    private readonly Dictionary<string, ContainerHints> _containers;
    private readonly ContainerHints _pod;

    private PodHints(Dictionary<string, ContainerHints> containers, ContainerHints pod, SaidHints said) => (_containers, _pod, Problems, Files) = (containers, pod, said.Problems, said.NamedFiles);

    /// <summary>What cannot be followed, each in a few words that name the hint.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <summary>The files in containers that it names, where the node has them.</summary>
    public IReadOnlyList<NamedFiles> Files { get; }

    /// <summary>Whether an annotation or an environment variable of this name may be a hint.</summary>
    public static bool IsOfInterest(string name) => Array.Exists(s_beginnings, beginning => name.StartsWith(beginning, StringComparison.Ordinal));

    /// <param name="pod">The Pod.</param>
    /// <param name="podsDirectory">The kubelet's directory of Pods; null where this process has not got it.</param>
    public static PodHints Of(PodMetadata pod, string? podsDirectory = null)
    {
        var said = new SaidHints(pod, podsDirectory);
        OwnHints.Read(pod, said);
        ElasticHints.Read(pod, said);
        FluentBitHints.Read(pod, said);
        VectorHints.Read(pod, said);
        EnvironmentHints.Read(pod, said);
        return new PodHints(pod.Containers.ToDictionary(container => container.Name, container => said.For(container.Name)), said.For(""), said);
    }

    /// <summary>The container that a file of the node was named for; null where several were, or none.</summary>
    public string? ContainerOf(string path) => Files.Where(files => files.Matches(path)).Select(files => files.Container).Distinct().ToArray() is [{ } only] ? only : null;

    /// <summary>What is said for a container; for one that the Pod's specification has not got, what is said of the Pod.</summary>
    public ContainerHints For(string container) => _containers.GetValueOrDefault(container, _pod);
}
