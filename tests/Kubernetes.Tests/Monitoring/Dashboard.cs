using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LogPipeline.Tests.Kubernetes.Monitoring;

/// <summary>A dashboard as Grafana reads it: rows of panels, four stats or three graphs beside each other, over a data source that its reader chooses.</summary>
/// <param name="Uid">Also the name of its file.</param>
/// <param name="Title">Its title.</param>
/// <param name="Rows">The rows with their titles.</param>
internal sealed record Dashboard(string Uid, string Title, params (string Title, Panel[] Panels)[] Rows)
{
    private const int Columns = 24, GraphWidth = 8, GraphHeight = 8, StatWidth = 6, StatHeight = 4;

    private static readonly JsonSerializerOptions s_format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string File => $"k8s/monitoring/dashboards/{Uid}.json";

    public IEnumerable<string> Expressions => Rows.SelectMany(row => row.Panels).SelectMany(panel => panel.Queries).Select(query => query.Expression);

    public string Render()
    {
        var panels = new JsonArray();
        int y = 0;
        foreach ((string title, Panel[] row) in Rows)
        {
            panels.Add(new JsonObject { ["id"] = panels.Count + 1, ["type"] = "row", ["title"] = title, ["collapsed"] = false, ["panels"] = new JsonArray(), ["gridPos"] = Position(0, y++, Columns, 1) });
            int x = 0;
            foreach (Panel panel in row)
            {
                int width = panel.IsStat ? StatWidth : GraphWidth, height = panel.IsStat ? StatHeight : GraphHeight;
                if (x + width > Columns) (x, y) = (0, y + height);
                panels.Add(Render(panel, panels.Count + 1, Position(x, y, width, height)));
                x += width;
            }
            y += row[^1].IsStat ? StatHeight : GraphHeight;
        }
        var json = new JsonObject
        {
            ["uid"] = Uid, ["title"] = Title, ["tags"] = new JsonArray("log-pipeline"), ["schemaVersion"] = 39, ["editable"] = true, ["refresh"] = "30s",
            ["time"] = new JsonObject { ["from"] = "now-3h", ["to"] = "now" },
            ["templating"] = new JsonObject { ["list"] = new JsonArray(new JsonObject { ["name"] = "datasource", ["type"] = "datasource", ["query"] = "prometheus", ["label"] = "Data source" }) },
            ["panels"] = panels,
        };
        return json.ToJsonString(s_format) + "\n";
    }

    private static JsonObject Render(Panel panel, int id, JsonObject position)
    {
        JsonObject Source() => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };
        var targets = new JsonArray();
        foreach ((string expression, string legend) in panel.Queries)
            targets.Add(new JsonObject { ["refId"] = ((char)('A' + targets.Count)).ToString(), ["datasource"] = Source(), ["expr"] = expression, ["legendFormat"] = legend });
        var rendered = new JsonObject
        {
            ["id"] = id, ["type"] = panel.IsStat ? "stat" : "timeseries", ["title"] = panel.Title, ["datasource"] = Source(), ["gridPos"] = position, ["targets"] = targets,
            ["fieldConfig"] = new JsonObject { ["defaults"] = new JsonObject { ["unit"] = panel.Unit, ["min"] = 0 }, ["overrides"] = new JsonArray() },
        };
        if (panel.Description.Length > 0) rendered["description"] = panel.Description;
        return rendered;
    }

    private static JsonObject Position(int x, int y, int width, int height) => new() { ["x"] = x, ["y"] = y, ["w"] = width, ["h"] = height };
}
