using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LogPipeline.Local.Running.Setup;

/// <summary>
/// What OpenSearch Dashboards shows logs with, as its import takes it (a JSON object a line): an index pattern, a search with the usual columns, records over time by severity and by
/// namespace, and a dashboard of them. The ids are fixed, so that an import replaces what an earlier one put.
/// </summary>
internal static class SavedObjects
{
    private const string Pattern = "log-pipeline", Search = "log-pipeline-records", BySeverity = "log-pipeline-by-severity", ByNamespace = "log-pipeline-by-namespace", Dashboard = "log-pipeline-dashboard";
    private const string SearchSource = "kibanaSavedObjectMeta.searchSourceJSON.index";

    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="pattern">The indices.</param>
    public static byte[] Render(string pattern)
    {
        JsonObject[] objects =
        [
            Object("index-pattern", Pattern, new JsonObject { ["title"] = pattern, ["timeFieldName"] = "@timestamp" }),
            Object("search", Search, new JsonObject
            {
                ["title"] = "Log records", ["columns"] = new JsonArray("severity.text", "resource.k8s.namespace.name", "resource.k8s.pod.name", "body"),
                ["sort"] = new JsonArray(new JsonArray("@timestamp", "desc")), ["kibanaSavedObjectMeta"] = Source(SearchSource),
            }, (SearchSource, "index-pattern", Pattern)),
            Histogram(BySeverity, "Log records by severity", "severity.text"),
            Histogram(ByNamespace, "Log records by namespace", "resource.k8s.namespace.name"),
            Object("dashboard", Dashboard, new JsonObject
            {
                ["title"] = "Logs", ["timeRestore"] = false, ["optionsJSON"] = "{\"useMargins\":true}", ["kibanaSavedObjectMeta"] = Source(null),
                ["panelsJSON"] = new JsonArray(Panel(0, 0, 0, 24, 12), Panel(1, 24, 0, 24, 12), Panel(2, 0, 12, 48, 24)).ToJsonString(),
            }, ("panel_0", "visualization", BySeverity), ("panel_1", "visualization", ByNamespace), ("panel_2", "search", Search)),
        ];
        return Encoding.UTF8.GetBytes(string.Concat(objects.Select(saved => Text(saved) + "\n")));
    }

    private static JsonObject Histogram(string id, string title, string field)
    {
        var state = new JsonObject
        {
            ["title"] = title, ["type"] = "histogram", ["params"] = new JsonObject { ["addLegend"] = true, ["addTooltip"] = true, ["legendPosition"] = "right", ["mode"] = "stacked" },
            ["aggs"] = new JsonArray(
                Aggregation("1", "count", "metric", []),
                Aggregation("2", "date_histogram", "segment", new JsonObject { ["field"] = "@timestamp", ["interval"] = "auto", ["min_doc_count"] = 1 }),
                Aggregation("3", "terms", "group", new JsonObject { ["field"] = field, ["size"] = 10, ["order"] = "desc", ["orderBy"] = "1" })),
        };
        return Object("visualization", id, new JsonObject { ["title"] = title, ["visState"] = Text(state), ["uiStateJSON"] = "{}", ["kibanaSavedObjectMeta"] = Source(SearchSource) }, (SearchSource, "index-pattern", Pattern));
    }

    private static JsonObject Aggregation(string id, string type, string schema, JsonObject parameters) =>
        new() { ["id"] = id, ["enabled"] = true, ["type"] = type, ["schema"] = schema, ["params"] = parameters };

    private static JsonObject Panel(int number, int x, int y, int width, int height) => new()
    {
        ["panelIndex"] = $"{number}", ["panelRefName"] = $"panel_{number}", ["embeddableConfig"] = new JsonObject(),
        ["gridData"] = new JsonObject { ["x"] = x, ["y"] = y, ["w"] = width, ["h"] = height, ["i"] = $"{number}" },
    };

    private static JsonObject Source(string? index)
    {
        var source = new JsonObject { ["query"] = new JsonObject { ["query"] = "", ["language"] = "kuery" }, ["filter"] = new JsonArray() };
        if (index is not null) source["indexRefName"] = index;
        return new JsonObject { ["searchSourceJSON"] = Text(source) };
    }

    private static JsonObject Object(string type, string id, JsonObject attributes, params (string Name, string Type, string Id)[] references) => new()
    {
        ["type"] = type, ["id"] = id, ["attributes"] = attributes,
        ["references"] = new JsonArray([.. references.Select(reference => new JsonObject { ["name"] = reference.Name, ["type"] = reference.Type, ["id"] = reference.Id })]),
    };

    private static string Text(JsonObject json)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, OneLine)) json.WriteTo(writer);
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
