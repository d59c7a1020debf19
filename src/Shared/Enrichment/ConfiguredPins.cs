using System.Text;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;
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

    /// <param name="options">Validated options, without rules that want what the Kubernetes API says.</param>
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

    public Pin PinFor(DiscoveredStream stream, ReadOnlySpan<byte> firstLine, long fromOffsetBytes, TimeSpan waited = default, Pin? recorded = null)
    {
        string tenant = _tenants.Resolve(stream.Origin.Namespace, metadata: null).Tenant ?? "";
        return new Pin
        {
            FromOffsetBytes = fromOffsetBytes,
            Format = stream.Format,
            Tenant = tenant,
            IndexTemplate = IndexOf(tenant, stream.Origin.Namespace),
            JoiningRule = _joiningRule,
            Parser = _options.Parsing.Parser,
            Day = stream.Format == LogFormat.Plain ? (int)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalDays : -1,
            Path = stream.Key,
            ResourceJson = ResourceOf(stream.Origin, stream.Kind == SourceKind.Docker ? LabelsOf(firstLine) : null, pod: null, isMissing: false),
        };
    }

    /// <summary>The index of a tenant's records, with <c>{day}</c> left open.</summary>
    internal string IndexOf(string tenant, string @namespace) => _index.Template(tenant, @namespace);

    /// <summary>The text of the rule that a Pod asks for: its preset or patterns, the configuration's limits.</summary>
    internal string JoiningOf(JoiningOptions wanted)
    {
        JoiningOptions limits = _options.Joining;
        var options = new JoiningOptions
        {
            Preset = wanted.Preset, Start = wanted.Start, Continue = wanted.Continue, End = wanted.End, FlushAfter = limits.FlushAfter, MaxLines = limits.MaxLines, MaxBytes = limits.MaxBytes,
        };
        return JoiningRule.Create(options, _options.Tailing.MaxLineBytes).ToString();
    }

    /// <inheritdoc cref="ResourceEncoder.Encode"/>
    internal string ResourceOf(LogOrigin origin, IReadOnlyDictionary<string, string>? labels, PodMetadata? pod, bool isMissing) =>
        Encoding.UTF8.GetString(_resources.Encode(origin, labels, pod, isMissing))[1..^1];

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
