using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;
using LogPipeline.Sources;

namespace LogPipeline.Enrichment;

/// <summary>
/// Encodes what is the same for every record of a stream: who wrote it and where, once per stream; the document encoder copies the
/// bytes. Safe from any thread.
/// </summary>
public sealed class ResourceEncoder
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly EnrichmentOptions _options;
    private readonly string _host;
    private readonly KeyValuePair<string, string>[] _fields;

    // Used again for each stream; at most one at a time.
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    /// <param name="options">Validated options.</param>
    /// <param name="machineName">The host's name where the options give none.</param>
    public ResourceEncoder(EnrichmentOptions options, string machineName)
    {
        _options = options;
        _host = options.Host.Length > 0 ? options.Host : machineName;
        _fields = [.. options.Fields.OrderBy(field => field.Key, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The value of <c>resource</c>: a JSON object on one line, dotted names flat, unknown ones left out, the restart count only
    /// for a pod's container. Lone surrogates of a path become U+FFFD. The caller owns the array.
    /// </summary>
    /// <param name="origin">Who wrote the stream.</param>
    /// <param name="labels">Labels of the container, where its runtime tells; written as one flat object.</param>
    /// <param name="pod">What the Kubernetes API says of the Pod; null where it is not known or was not asked. It names the namespace and the Pod where the path does not.</param>
    /// <param name="isMissing">The API was asked, and did not tell in time: that is written.</param>
    public byte[] Encode(LogOrigin origin, IReadOnlyDictionary<string, string>? labels = null, PodMetadata? pod = null, bool isMissing = false)
    {
        lock (_gate)
        {
            _buffer.ResetWrittenCount();
            using var json = new Utf8JsonWriter(_buffer, Relaxed);
            json.WriteStartObject();
            Write(json, ResourceNames.HostName, _host);
            Write(json, ResourceNames.ClusterName, _options.Cluster);
            Write(json, ResourceNames.NodeName, pod?.Node ?? "");
            Write(json, ResourceNames.NamespaceName, origin.Namespace.Length > 0 ? origin.Namespace : pod?.Namespace ?? "");
            Write(json, ResourceNames.PodName, origin.Pod.Length > 0 ? origin.Pod : pod?.Name ?? "");
            Write(json, ResourceNames.PodUid, origin.PodUid);
            Write(json, ResourceNames.ContainerName, origin.Container);
            if (origin.Container.Length > 0 && origin.Pod.Length > 0) json.WriteNumber(ResourceNames.RestartCount, origin.Restart);
            Write(json, ResourceNames.ContainerId, origin.ContainerId);
            if (pod is not null && ResourceNames.OfOwner(pod.Owner.Kind) is { } owner) Write(json, owner, pod.Owner.Name);
            foreach (var (name, value) in _fields) json.WriteString(name, value);
            WriteLabels(json, ResourceNames.ContainerLabels, labels);
            WriteLabels(json, ResourceNames.PodLabels, pod?.Labels);
            if (isMissing) json.WriteBoolean(ResourceNames.MetadataMissing, true);
            json.WriteEndObject();
            json.Flush();
            return _buffer.WrittenSpan.ToArray();
        }
    }

    private void Write(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0 && !_options.Fields.ContainsKey(name)) json.WriteString(name, value);
    }

    private static void WriteLabels(Utf8JsonWriter json, string under, IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null || labels.Count == 0) return;
        json.WriteStartObject(under);
        foreach (var (name, value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal)) json.WriteString(name, value);
        json.WriteEndObject();
    }
}
