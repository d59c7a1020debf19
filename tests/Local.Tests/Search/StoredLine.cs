using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Search.Queries;

namespace LogPipeline.Tests.Search;

/// <summary>A record as the pipeline stores it.</summary>
internal sealed record StoredLine
{
    public required long Nanos { get; init; }

    public required string Body { get; init; }

    /// <summary>A name of <see cref="LogLevels.Names"/>; <c>null</c>: none was found.</summary>
    public string? Level { get; init; } = "INFO";

    public string Tenant { get; init; } = "default";

    /// <summary>Empty: a plain file.</summary>
    public string Namespace { get; init; } = "shop";

    public string Pod { get; init; } = "cart-1";

    public string Container { get; init; } = "app";

    public string Stream { get; init; } = "stdout";

    public int Restart { get; init; }

    /// <summary>Which file of the stream, in order of rotation.</summary>
    public int Rotation { get; init; }

    public required long Offset { get; init; }

    public string Path { get; init; } = "";

    /// <summary>A JSON object, or empty.</summary>
    public string Fields { get; init; } = "";

    public string Index => $"logs-{Tenant}-{NanoTime.Format(Nanos)[..10].Replace('-', '.')}";

    public string Id => $"1{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Namespace}/{Pod}/{Container}/{Path}")))[..8]}{Restart:x4}{Rotation:x6}{Offset:x12}";

    private string FileId => $"{Namespace}{Pod}{Restart}.{Rotation}{Path}".PadRight(22, '_')[^22..];

    /// <summary>Gives the indices of logs the field types that the pipeline's own template gives them.</summary>
    public static async Task PutTemplateAsync(HttpClient http, Uri store)
    {
        const string template = """
            {"index_patterns":["logs-*"],"template":{"mappings":{
            "dynamic_templates":[{"resources":{"path_match":"resource.*","match_mapping_type":"string","mapping":{"type":"keyword"}}}],
            "properties":{"@timestamp":{"type":"date_nanos"},"body":{"type":"text"},"tenant":{"type":"keyword"},
            "severity":{"properties":{"text":{"type":"keyword"},"number":{"type":"long"}}},
            "resource":{"properties":{"k8s.container.restart_count":{"type":"long"},"container.labels":{"type":"flat_object"}}},
            "attributes":{"properties":{"log.iostream":{"type":"keyword"},"log.file.path":{"type":"keyword"},"log.file.id":{"type":"keyword"},
            "log.offset":{"type":"long"},"log.length":{"type":"long"},"log.sequence":{"type":"keyword"},"log.flags":{"type":"keyword"},
            "fields":{"type":"flat_object"}}}}}}}
            """;
        using var content = new StringContent(template, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PutAsync(new Uri(store, "_index_template/logs"), content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Stores the lines and waits until they can be found. A line that is there already stays as it is.</summary>
    public static async Task StoreAsync(HttpClient http, Uri store, params StoredLine[] lines)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (StoredLine line in lines)
        {
            using (var json = new Utf8JsonWriter(body))
            {
                json.WriteStartObject();
                json.WriteStartObject("create");
                json.WriteString("_index", line.Index);
                json.WriteString("_id", line.Id);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            body.Write("\n"u8);
            using (var json = new Utf8JsonWriter(body))
            {
                line.Write(json);
            }

            body.Write("\n"u8);
        }

        using var content = new ReadOnlyMemoryContent(body.WrittenMemory);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using HttpResponseMessage response = await http.PostAsync(new Uri(store, "_bulk?refresh=true"), content);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, answer);
        using JsonDocument document = JsonDocument.Parse(answer);
        Assert.False(document.RootElement.GetProperty("errors").GetBoolean(), answer);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("@timestamp", NanoTime.Format(Nanos));
        json.WriteString("body", Body);
        if (Level is not null && LogLevels.TryParse(Level, out LogPipeline.Parsing.Severity severity))
        {
            json.WriteStartObject("severity");
            json.WriteString("text", Level);
            json.WriteNumber("number", (int)severity);
            json.WriteEndObject();
        }

        json.WriteString("tenant", Tenant);
        json.WriteStartObject("resource");
        json.WriteString("host.name", "n1");
        if (Namespace.Length > 0)
        {
            json.WriteString("k8s.namespace.name", Namespace);
            json.WriteString("k8s.pod.name", Pod);
            json.WriteString("k8s.pod.uid", "uid-" + Pod);
            json.WriteString("k8s.container.name", Container);
            json.WriteNumber("k8s.container.restart_count", Restart);
        }

        json.WriteEndObject();
        json.WriteStartObject("attributes");
        if (Namespace.Length > 0)
        {
            json.WriteString("log.iostream", Stream);
        }

        json.WriteString("log.file.path", Path.Length > 0 ? Path : $"/var/log/pods/{Namespace}_{Pod}_uid-{Pod}/{Container}/{Restart}.log");
        json.WriteString("log.file.id", FileId);
        json.WriteNumber("log.offset", Offset);
        json.WriteNumber("log.length", Body.Length + 40);
        json.WriteString("log.sequence", string.Create(CultureInfo.InvariantCulture, $"{Restart:D5}-{1795190000 + Rotation:D10}-{Offset:D15}"));
        if (Fields.Length > 0)
        {
            json.WritePropertyName("fields");
            json.WriteRawValue(Fields);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
