using System.Globalization;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Indices;

namespace LogPipeline.Local.Store.Http;

/// <summary>What the store says of itself: <c>/</c>, <c>_cluster/health</c>, <c>_cat/indices</c>.</summary>
internal sealed class ClusterHandler(EmbeddedStore store)
{
    /// <summary>The version whose API this is a part of; from 2.7 on there is flat_object.</summary>
    public const string Version = "2.19.0";

    private static readonly string[] s_defaultColumns = ["health", "status", "index", "uuid", "pri", "rep", "docs.count", "docs.deleted", "store.size", "pri.store.size"];

    public static Task InfoAsync(StoreRequest request) => Answer.WriteAsync(request, 200, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name", "pipeline-embedded-store");
        writer.WriteString("cluster_name", "pipeline-embedded-store");
        writer.WriteString("cluster_uuid", "_na_");
        writer.WriteStartObject("version");
        writer.WriteString("distribution", "opensearch");
        writer.WriteString("number", Version);
        writer.WriteString("build_type", "embedded");
        writer.WriteString("build_hash", "unknown");
        writer.WriteString("build_date", "unknown");
        writer.WriteBoolean("build_snapshot", false);
        writer.WriteString("lucene_version", "none");
        writer.WriteString("minimum_wire_compatibility_version", "7.10.0");
        writer.WriteString("minimum_index_compatibility_version", "7.0.0");
        writer.WriteEndObject();
        writer.WriteString("tagline", "The log pipeline's embedded store: a part of the OpenSearch API, for one machine");
        writer.WriteEndObject();
    });

    public Task HealthAsync(StoreRequest request, string? expression)
    {
        request.CheckParameters(
            "level", "local", "timeout", "master_timeout", "cluster_manager_timeout", "wait_for_status", "wait_for_nodes", "wait_for_active_shards", "wait_for_no_relocating_shards",
            "wait_for_no_initializing_shards", "wait_for_events", "expand_wildcards");
        bool isMissing = expression is not null && expression.Split(',').Any(name => !IndexResolver.IsPattern(name) && store.FindIndex(name) is null);
        int shards = isMissing ? 0 : expression is null ? store.Indices.Count() : IndexResolver.Resolve(store, request, expression).Count;
        return Answer.WriteAsync(request, isMissing ? 408 : 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("cluster_name", "pipeline-embedded-store");
            writer.WriteString("status", isMissing ? "red" : "green");
            writer.WriteBoolean("timed_out", isMissing);
            writer.WriteNumber("number_of_nodes", 1);
            writer.WriteNumber("number_of_data_nodes", 1);
            writer.WriteBoolean("discovered_master", true);
            writer.WriteBoolean("discovered_cluster_manager", true);
            writer.WriteNumber("active_primary_shards", shards);
            writer.WriteNumber("active_shards", shards);
            foreach (string name in (ReadOnlySpan<string>)["relocating_shards", "initializing_shards", "unassigned_shards", "delayed_unassigned_shards", "number_of_pending_tasks", "number_of_in_flight_fetch", "task_max_waiting_in_queue_millis"])
            {
                writer.WriteNumber(name, 0);
            }

            writer.WriteNumber("active_shards_percent_as_number", 100.0m);
            writer.WriteEndObject();
        });
    }

    public Task CatIndicesAsync(StoreRequest request, string expression)
    {
        request.CheckParameters("v", "s", "h", "bytes", "help", "health", "pri", "time", "local", "master_timeout", "cluster_manager_timeout", "expand_wildcards", "include_unloaded_segments");
        IEnumerable<StoreIndex> indices = IndexResolver.Resolve(store, request, expression);
        string[] columns = request.Parameter("h")?.Split(',') ?? s_defaultColumns;
        bool inBytes = request.Parameter("bytes") == "b";
        string[][] rows = [.. indices.Select(index => columns.Select(column => Cell(index, column, inBytes)).ToArray())];
        if (request.Parameter("s") is { } sort && Array.IndexOf(columns, sort.Split(':')[0]) is >= 0 and int by)
        {
            rows = [.. rows.OrderBy(row => row[by], StringComparer.Ordinal)];
            if (sort.EndsWith(":desc", StringComparison.Ordinal)) Array.Reverse(rows);
        }

        return request.Parameter("format") == "json" ? WriteJsonAsync(request, columns, rows) : WriteTextAsync(request, columns, rows);
    }

    private static Task WriteJsonAsync(StoreRequest request, string[] columns, string[][] rows) => Answer.WriteAsync(request, 200, writer =>
    {
        writer.WriteStartArray();
        foreach (string[] row in rows)
        {
            writer.WriteStartObject();
            for (int i = 0; i < columns.Length; i++) writer.WriteString(columns[i], row[i]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static Task WriteTextAsync(StoreRequest request, string[] columns, string[][] rows)
    {
        if (request.Flag("v")) rows = [columns, .. rows];
        int[] widths = [.. columns.Select((_, i) => rows.Length == 0 ? 0 : rows.Max(row => row[i].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                bool isNumber = columns[i].Contains('.', StringComparison.Ordinal) || columns[i] is "pri" or "rep";
                text.Append(i > 0 ? " " : "").Append(isNumber ? row[i].PadLeft(widths[i]) : row[i].PadRight(widths[i]));
            }

            text.Append('\n');
        }

        return Answer.SendAsync(request, 200, Answer.PlainText, Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static string Cell(StoreIndex index, string column, bool inBytes) => column switch
    {
        "health" or "h" => "green",
        "status" => "open",
        "index" or "i" => index.Name,
        "uuid" or "id" => index.Uuid,
        "pri" or "p" => "1",
        "rep" or "r" => "0",
        "docs.count" or "dc" => index.DocumentCount.ToString(CultureInfo.InvariantCulture),
        "docs.deleted" or "dd" => index.ReplacedCount.ToString(CultureInfo.InvariantCulture),
        // Not OpenSearch's: what was deleted to stay within the store's size.
        "docs.expired" => index.ExpiredCount.ToString(CultureInfo.InvariantCulture),
        "store.size" or "ss" or "pri.store.size" => inBytes ? index.Bytes.ToString(CultureInfo.InvariantCulture) : Size(index.Bytes),
        "creation.date" or "cd" => index.Created.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        "creation.date.string" => index.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        _ => "",
    };

    private static string Size(long bytes)
    {
        (double value, string unit) = bytes switch
        {
            < 1L << 10 => (bytes, "b"),
            < 1L << 20 => (bytes / 1024.0, "kb"),
            < 1L << 30 => (bytes / (1024.0 * 1024), "mb"),
            _ => (bytes / (1024.0 * 1024 * 1024), "gb"),
        };
        return value.ToString("0.#", CultureInfo.InvariantCulture) + unit;
    }
}
