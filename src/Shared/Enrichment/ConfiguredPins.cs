using System.Text;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tenancy;

namespace LogPipeline.Enrichment;

/// <summary>What the configuration, the path and the runtime's own files say of a stream, in the form in which it is recorded with a file's position.</summary>
public sealed class ConfiguredPins : IPinSource
{
    private readonly PipelineOptions _options;
    private readonly TenantResolver _tenants;
    private readonly IndexPattern _index;
    private readonly string _joiningRule;
    private readonly string _host;
    private readonly TimeProvider _time;

    /// <param name="options">Validated options.</param>
    /// <param name="host"><c>host.name</c>.</param>
    /// <param name="time">Gives the day of lines without a time of their own.</param>
    public ConfiguredPins(PipelineOptions options, string host, TimeProvider time)
    {
        _options = options;
        _tenants = new TenantResolver(options.Tenancy);
        _index = IndexPattern.TryParse(options.Indexing.Index, out IndexPattern? index, out string? problem) ? index : throw new ArgumentException(problem, nameof(options));
        _joiningRule = JoiningRule.Create(options.Joining, options.Tailing.MaxLineBytes).ToString();
        _host = host;
        _time = time;
    }

    public Pin PinFor(DiscoveredStream stream, ReadOnlySpan<byte> firstLine, long fromOffsetBytes)
    {
        string tenant = _tenants.Resolve(stream.Origin.Namespace);
        return new Pin
        {
            FromOffsetBytes = fromOffsetBytes,
            Format = stream.Format,
            Tenant = tenant,
            IndexTemplate = _index.Template(tenant, stream.Origin.Namespace),
            JoiningRule = _joiningRule,
            Parser = _options.Parsing.Parser,
            Day = stream.Format == LogFormat.Plain ? (int)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalDays : -1,
            Path = stream.Key,
            ResourceJson = ResourceOf(stream, firstLine),
        };
    }

    // The members of `resource`; static fields win over what the path says.
    private string ResourceOf(DiscoveredStream stream, ReadOnlySpan<byte> firstLine)
    {
        LogOrigin origin = stream.Origin;
        var members = new Dictionary<string, string>
        {
            ["host.name"] = _host,
            ["k8s.cluster.name"] = _options.Enrichment.Cluster,
            ["k8s.namespace.name"] = origin.Namespace,
            ["k8s.pod.name"] = origin.Pod,
            ["k8s.pod.uid"] = origin.PodUid,
            ["k8s.container.name"] = origin.Container,
            ["container.id"] = origin.ContainerId,
        };
        foreach ((string name, string value) in _options.Enrichment.Fields) members[name] = value;

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, string value) in members) if (value.Length > 0) writer.WriteString(name, value);
            if (origin.Pod.Length > 0) writer.WriteNumber("k8s.container.restart_count", origin.Restart);
            if (stream.Kind == SourceKind.Docker && DockerAttributes.TryReadAttributes(firstLine, out ReadOnlySpan<byte> attributes))
            {
                writer.WritePropertyName("container.labels");
                writer.WriteRawValue(attributes);
            }
            writer.WriteEndObject();
        }
        string json = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        return json[1..^1];
    }
}
