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
    private readonly ResourceEncoder _resources;
    private readonly TimeProvider _time;

    /// <param name="options">Validated options.</param>
    /// <param name="machineName">The host's name where the options give none.</param>
    /// <param name="time">Gives the day of lines without a time of their own.</param>
    public ConfiguredPins(PipelineOptions options, string machineName, TimeProvider time)
    {
        _options = options;
        _tenants = new TenantResolver(options.Tenancy);
        _index = IndexPattern.TryParse(options.Indexing.Index, out IndexPattern? index, out string? problem) ? index : throw new ArgumentException(problem, nameof(options));
        _joiningRule = JoiningRule.Create(options.Joining, options.Tailing.MaxLineBytes).ToString();
        _resources = new ResourceEncoder(options.Enrichment, machineName);
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

    private string ResourceOf(DiscoveredStream stream, ReadOnlySpan<byte> firstLine)
    {
        string json = Encoding.UTF8.GetString(_resources.Encode(stream.Origin, stream.Kind == SourceKind.Docker ? LabelsOf(firstLine) : null));
        return json[1..^1];
    }

    private static Dictionary<string, string>? LabelsOf(ReadOnlySpan<byte> firstLine)
    {
        if (!DockerAttributes.TryReadAttributes(firstLine, out ReadOnlySpan<byte> attributes)) return null;
        var labels = new Dictionary<string, string>();
        var reader = new Utf8JsonReader(attributes);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        foreach (JsonProperty label in document.RootElement.EnumerateObject()) labels[label.Name] = label.Value.ToString();
        return labels;
    }
}
