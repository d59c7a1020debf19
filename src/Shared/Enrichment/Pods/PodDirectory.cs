using LogPipeline.Configuration;
using LogPipeline.Enrichment.Hints;
using LogPipeline.Observability;
using LogPipeline.Sources;

namespace LogPipeline.Enrichment.Pods;

/// <summary>
/// The Pods of this node and the namespaces, as the API last told of them. What is deleted there stays known here until its logs are stored. Filled by whoever watches the
/// API, asked by the streams. Safe from any thread.
/// </summary>
/// <param name="log">Told of hints that have no equivalent here, once a Pod.</param>
/// <param name="time">The clock.</param>
/// <param name="podsDirectory">The kubelet's directory of Pods, where files in their volumes are found; null where this process has not got it.</param>
public sealed class PodDirectory(IPipelineLog log, TimeProvider time, string? podsDirectory = null) : IFurtherSources
{
    private readonly Lock _gate = new();
    private readonly KeptMetadata<KnownPod> _pods = new(static (left, right) => left.Metadata.SaysTheSameAs(right.Metadata), time);
    private readonly KeptMetadata<NamespaceMetadata> _namespaces = new(static (left, right) => left.SaysTheSameAs(right), time);
    private IReadOnlyList<SourceOptions> _sources = [];
    private long _revision;
    private volatile bool _podsListed, _namespacesListed;

    /// <summary>All Pods of the node and all namespaces have been listed once.</summary>
    public bool IsListed => _podsListed && _namespacesListed;

    /// <summary>The files in containers that Pods name; null until all Pods of the node have been listed once.</summary>
    public IReadOnlyList<SourceOptions>? Current
    {
        get
        {
            if (!_podsListed) return null;
            lock (_gate)
            {
                string[] paths = [.. _pods.Values.SelectMany(pod => pod.Files).Distinct().Order(StringComparer.Ordinal)];
                if (!paths.SequenceEqual(_sources.Select(source => source.Path))) _sources = [.. paths.Select(path => new SourceOptions { Path = path, Format = "plain" })];
                return _sources;
            }
        }
    }

    /// <summary>A Pod was added, or has changed.</summary>
    public void Put(PodMetadata pod)
    {
        var known = new KnownPod(pod, PodHints.Of(pod, podsDirectory));
        bool isNew;
        lock (_gate)
        {
            if (IsAnothers(pod, out KnownPod? before)) return;
            if (before is not null) known = known with { Files = [.. before.Files.Union(known.Files)] };
            isNew = _pods.Put(pod.LogUid, known, ++_revision);
        }
        if (isNew && known.Hints.Problems.Count > 0)
            log.Write(PipelineLogLevel.Warning, LogEvents.HintNotFollowed, $"Pod {pod.Namespace}/{pod.Name}: {string.Join("; ", known.Hints.Problems)}. These hints are not followed.");
    }

    /// <inheritdoc cref="Put(PodMetadata)"/>
    public void Put(NamespaceMetadata @namespace)
    {
        lock (_gate) _namespaces.Put(@namespace.Name, @namespace, ++_revision);
    }

    /// <summary>It is deleted.</summary>
    public void Remove(PodMetadata pod)
    {
        lock (_gate)
            if (!IsAnothers(pod, out _)) _pods.Gone(pod.LogUid);
    }

    /// <inheritdoc cref="Remove(PodMetadata)"/>
    public void Remove(NamespaceMetadata @namespace)
    {
        lock (_gate) _namespaces.Gone(@namespace.Name);
    }

    /// <summary>A list of all: others are deleted.</summary>
    public void Replace(IReadOnlyList<PodMetadata> listed)
    {
        foreach (PodMetadata pod in listed) Put(pod);
        lock (_gate) _pods.GoneBut(listed.Select(pod => pod.LogUid).ToHashSet());
        _podsListed = true;
    }

    /// <inheritdoc cref="Replace(IReadOnlyList{PodMetadata})"/>
    public void Replace(IReadOnlyList<NamespaceMetadata> listed)
    {
        foreach (NamespaceMetadata @namespace in listed) Put(@namespace);
        lock (_gate) _namespaces.GoneBut(listed.Select(known => known.Name).ToHashSet());
        _namespacesListed = true;
    }

    /// <summary>What is known of who wrote a stream now. Its revision grows whenever anything of it has changed; 0 while nothing is known.</summary>
    public KnownOrigin Find(LogOrigin origin)
    {
        lock (_gate)
        {
            _pods.TryFind(origin.PodUid, out KnownPod? pod, out long podRevision);
            string name = origin.Namespace.Length > 0 ? origin.Namespace : pod?.Metadata.Namespace ?? "";
            _namespaces.TryFind(name, out NamespaceMetadata? known, out long namespaceRevision);
            return new KnownOrigin(name, pod, known, Math.Max(podRevision, namespaceRevision));
        }
    }

    /// <summary>A stream is read: what is known of its Pod and its namespace is kept until <see cref="Leave"/>, also when they are deleted.</summary>
    public void Enter(LogOrigin origin)
    {
        lock (_gate)
        {
            _pods.Enter(origin.PodUid);
            _namespaces.Enter(origin.Namespace);
        }
    }

    /// <summary>Everything of the stream is stored, or it is not read any more.</summary>
    public void Leave(LogOrigin origin)
    {
        lock (_gate)
        {
            _pods.Leave(origin.PodUid);
            _namespaces.Leave(origin.Namespace);
        }
    }

    // The annotation that says under which uid a static Pod's logs are may be written by anybody, and could name another Pod's.
    private bool IsAnothers(PodMetadata pod, out KnownPod? known)
    {
        if (!_pods.TryFind(pod.LogUid, out known, out _) || known.Metadata.Uid == pod.Uid) return false;
        bool isAnothers = pod.LogUid != pod.Uid && known.Metadata.Uid == pod.LogUid;
        known = null;
        return isAnothers;
    }
}
