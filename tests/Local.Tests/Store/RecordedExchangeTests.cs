using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LogPipeline.Tests.Store;

/// <summary>
/// What a real OpenSearch 1.3 answered, asked of the embedded store in the same order: the same status, and the same body but for what
/// differs by nature (times, uuids, scores, numbers of shards, <c>_type</c>, the wording of some reasons).
/// </summary>
public sealed class RecordedExchangeTests
{
    private const string SearchMappings = """
        {"mappings":{"properties":{"@timestamp":{"type":"date_nanos"},"message":{"type":"text"},"level":{"type":"keyword"},"service":{"type":"keyword"},
        "n":{"type":"long"},"seq":{"type":"long"},"trace":{"type":"keyword"},
        "kubernetes":{"properties":{"namespace":{"type":"text","fields":{"keyword":{"type":"keyword"}}},"pod":{"type":"text","fields":{"keyword":{"type":"keyword"}}}}}}}}
        """;

    /// <summary>Members that say nothing of behaviour, or are another edition's.</summary>
    private static readonly HashSet<string> s_ignored =
    [
        "took", "_type", "_shards", "_score", "max_score", "index_uuid", "_seq_no", "root_cause", "failed_shards", "line", "col", "phase", "grouped", "shard", "cluster_name",
        "active_primary_shards", "active_shards", "number_of_pending_tasks", "unassigned_shards", "active_shards_percent_as_number", "discovered_cluster_manager",
        "doc_count_error_upper_bound", "store.size", "pri.store.size", "uuid", "ingest_took", "max_buckets", "suppressed",
    ];

    /// <summary>Exchanges of which only the status (and each item's) is the same, with the reason.</summary>
    private static readonly Dictionary<string, string> s_statusOnly = new()
    {
        ["bulk-400-depth-limit-20"] = "the limit is checked before any mapping",
        ["bulk-depth-1000-nested-objects"] = "the limit is checked before any mapping",
        ["bulk-depth-900-nested-arrays"] = "the limit is checked before any mapping",
        ["index-template-get"] = "settings are shown as they were put",
        ["bulk-index-name-255-bytes-ok"] = "the index was made by another template",
        ["search-sort-doc"] = "documents are numbered otherwise",
        ["search-sort-missing-field-unmapped-type"] = "all hits tie",
        ["search-empty-body-defaults"] = "documents without a sort come in the order they were stored",
        ["bulk-error-after-good-lines-was-anything-indexed"] = "sequence numbers",
    };

    /// <summary>Exchanges that differ, with the reason.</summary>
    private static readonly Dictionary<string, string> s_different = new()
    {
        ["search-sort-missing-field-400"] = "an unmapped field is tolerated: every document lacks it",
        ["bulk-400-scalar-into-object2"] = "dynamic object types are not remembered",
        ["bulk-mixed"] = "delete and update are refused, item by item",
        ["bulk-400-float-infinity"] = "float is as wide as double",
        ["opaque-id-echo"] = "another cluster's health",
        ["search-search-after-ties-no-tiebreak-page1"] = "ties come in the order they were stored",
        ["search-search-after-ties-no-tiebreak-page2"] = "ties come in the order they were stored",
    };

    [Fact]
    public async Task Recorded_requests_get_the_recorded_answers()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "logs-search", SearchMappings);
        await server.SendAsync("PUT", "_index_template/recorder", """{"index_patterns":["logs-deep"],"priority":1}""");
        var failures = new List<string>();
        int compared = 0;
        foreach (JsonNode exchange in Exchanges())
        {
            string name = (string)exchange["name"]!;
            (HttpStatusCode status, byte[] body) = await SendAsync(server, exchange["request"]!);
            if (s_different.ContainsKey(name)) continue;
            compared++;
            int expected = exchange["response"] is { } response ? (int)response["status"]! : 200;
            if ((int)status != expected) failures.Add($"{name}: status {(int)status} instead of {expected}: {Encoding.UTF8.GetString(body)}");
            else if (exchange["response"] is { } answer && Compare(name, (string?)answer["body"], Encoding.UTF8.GetString(body)) is { } difference) failures.Add($"{name}: {difference}");
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {compared} differ:\n" + string.Join("\n", failures));
        Assert.True(compared > 200);
    }

    private static string? Compare(string name, string? expected, string actual)
    {
        if (string.IsNullOrEmpty(expected)) return actual.Length == 0 ? null : "a body where none was";
        if (expected[0] is not ('{' or '[')) return null;
        JsonNode? left = Essence(JsonNode.Parse(expected), s_statusOnly.ContainsKey(name)), right = Essence(JsonNode.Parse(actual, documentOptions: new JsonDocumentOptions { MaxDepth = 256 }), s_statusOnly.ContainsKey(name));
        SortHitsOfUnsorted(left, right);
        return JsonNode.DeepEquals(left, right) ? null : $"\n  recorded {left?.ToJsonString()}\n  answered {right?.ToJsonString()}";
    }

    /// <summary>Hits without a sort have no order that could be compared: their number is.</summary>
    private static void SortHitsOfUnsorted(params JsonNode?[] answers)
    {
        foreach (JsonNode? answer in answers)
        {
            if (answer is not JsonObject root || root["hits"] is not JsonObject hits || hits["hits"] is not JsonArray list) continue;
            if (list.Any(hit => hit!["sort"] is not null)) continue;
            hits["hits"] = list.Count;
        }
    }

    private static JsonNode? Essence(JsonNode? node, bool statusOnly)
    {
        switch (node)
        {
            case JsonObject source:
                var result = new JsonObject();
                foreach ((string key, JsonNode? value) in source.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    if (s_ignored.Contains(key) || statusOnly && key is not ("status" or "items" or "errors" or "create" or "index")) continue;
                    if (key is "reason" or "caused_by") continue;
                    if (key == "type" && source.ContainsKey("phase") && source["root_cause"] is JsonArray { Count: > 0 } causes) result[key] = causes[0]!["type"]!.DeepClone();
                    else if (key == "_id" && value is JsonValue && ((string)value!).Length is 20 or 22) continue;
                    else result[key] = Essence(value, statusOnly);
                }

                return result;
            case JsonArray array:
                return new JsonArray([.. array.Select(element => Essence(element, statusOnly))]);
            case JsonValue number when number.GetValueKind() == JsonValueKind.Number && number.ToJsonString().Contains('.', StringComparison.Ordinal):
                return JsonValue.Create(double.Parse(number.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture));
            default:
                return node?.DeepClone();
        }
    }

    private static async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(StoreServer server, JsonNode recorded)
    {
        using var request = new HttpRequestMessage(new HttpMethod((string)recorded["method"]!), new Uri(server.Client.BaseAddress!.ToString().TrimEnd('/') + (string)recorded["path"]!));
        if ((string?)recorded["body"] is { } body)
        {
            request.Content = new ByteArrayContent((string?)recorded["bodyEncoding"] == "base64" ? Convert.FromBase64String(body) : Encoding.UTF8.GetBytes(body));
        }

        foreach ((string name, JsonNode? value) in recorded["headers"]!.AsObject())
        {
            if (!request.Headers.TryAddWithoutValidation(name, (string)value!)) request.Content?.Headers.TryAddWithoutValidation(name, (string)value!);
        }

        using HttpResponseMessage response = await server.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    private static IEnumerable<JsonNode> Exchanges([CallerFilePath] string here = "")
    {
        string directory = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../recorded/opensearch-search"));
        return Directory.EnumerateFiles(directory, "*.json")
            .Select(path => JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new JsonDocumentOptions { MaxDepth = 256 })!)
            .OrderBy(exchange => (int)exchange["seq"]!);
    }
}
