using System.Collections.Concurrent;
using LogPipeline.Configuration;
using LogPipeline.Enrichment.Hints;
using LogPipeline.Ledger;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tenancy;

namespace LogPipeline.Enrichment.Pods;

/// <summary>
/// Pins of streams whose Pods the Kubernetes API tells of: what the configuration says, with the Pod's labels and its own hints, and the tenant by the namespace. What is not
/// known yet is waited for: what decides about the tenant without end, so that nothing ever gets into another's index, everything else for
/// <see cref="KubernetesOptions.Wait"/>.
/// </summary>
/// <param name="options">Validated options.</param>
/// <param name="machineName">The host's name where the options give none.</param>
/// <param name="directory">What the API tells.</param>
/// <param name="metrics">Counts files that go on without.</param>
/// <param name="log">Told of namespaces whose label is no tenant's name.</param>
/// <param name="time">Gives the day of lines without a time of their own.</param>
public sealed class PodPins(PipelineOptions options, string machineName, PodDirectory directory, PipelineMetrics metrics, IPipelineLog log, TimeProvider time) : IPinSource
{
    private readonly ConfiguredPins _configured = new(options, machineName, time);
    private readonly TenantResolver _tenants = new(options.Tenancy);
    private readonly KubernetesOptions _kubernetes = options.Enrichment.Kubernetes;
    private readonly ConcurrentDictionary<(string Namespace, string Problem), bool> _reported = [];

    public Pin PinFor(DiscoveredStream stream, ReadOnlySpan<byte> firstLine, long fromOffsetBytes, TimeSpan waited = default, Pin? recorded = null)
    {
        Pin configured = _configured.PinFor(stream, firstLine, fromOffsetBytes);
        if (stream.Origin.PodUid.Length == 0) return configured;
        KnownOrigin known = directory.Find(stream.Origin);
        // Deleted, and this is another life of the process; or the list of Pods is not there yet.
        if (known.Pod is null && recorded is { IsDecided: true }) return recorded with { FromOffsetBytes = fromOffsetBytes, Day = configured.Day, Path = configured.Path };
        if (known.Pod is null && waited < _kubernetes.Wait) return Undecided(configured);
        // Nobody but the Pod itself tells the namespace of a file in one of its volumes.
        if (known.Namespace.Length == 0) return Undecided(configured);
        TenantVerdict verdict = _tenants.Resolve(known.Namespace, known.NamespaceMetadata);
        if (verdict.Problem is { } problem && _reported.TryAdd((known.Namespace, problem), true))
            log.Write(PipelineLogLevel.Warning, LogEvents.TenantUnusable, $"Namespace {known.Namespace}: {problem}. Its streams wait until the label or annotation is changed.");
        if (verdict.Tenant is not { } tenant) return Undecided(configured);

        if (known.Pod is null) metrics.MetadataMissing.Add(1);
        LogOrigin origin = known.Pod is { } pod && stream.Kind == SourceKind.Plain ? stream.Origin with { Container = pod.Hints.ContainerOf(stream.Key) ?? pod.Metadata.ContainerWith(stream.Key) } : stream.Origin;
        ContainerHints? hints = _kubernetes.Hints ? known.Pod?.Hints.For(origin.Container) : null;
        return configured with
        {
            Tenant = tenant,
            IndexTemplate = hints?.Exclude == true ? "" : _configured.IndexOf(tenant, known.Namespace),
            Parser = hints?.Parser ?? configured.Parser,
            JoiningRule = hints?.Joining is { } joining ? _configured.JoiningOf(joining) : configured.JoiningRule,
            ResourceJson = _configured.ResourceOf(origin, null, known.Pod?.Metadata, isMissing: known.Pod is null),
        };
    }

    public long RevisionOf(LogOrigin origin, TimeSpan waited) =>
        origin.PodUid.Length == 0 ? 0 : (directory.Find(origin).Revision * 2) + (waited >= _kubernetes.Wait ? 1 : 0);

    public bool IsAwaited(LogOrigin origin, TimeSpan waited) => origin.PodUid.Length > 0 && !directory.IsListed && waited < _kubernetes.Wait;

    public void Enter(LogOrigin origin) => directory.Enter(origin);

    public void Leave(LogOrigin origin) => directory.Leave(origin);

    private static Pin Undecided(Pin configured) => configured with { Tenant = "", IndexTemplate = "" };
}
