using System.Text.Json;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Search;

/// <summary>One key of <c>sort</c>.</summary>
/// <param name="Field">A field's name, <c>_id</c>, <c>_doc</c> or <c>_score</c>.</param>
/// <param name="Descending">The largest first.</param>
/// <param name="MissingFirst">Documents without a value come first, not last.</param>
/// <param name="IsNumeric">An <c>unmapped_type</c> or <c>numeric_type</c> says that it is a number or a time.</param>
internal sealed record SortKey(string Field, bool Descending, bool MissingFirst, bool IsNumeric)
{
    public bool IsTimestamp => Field == "@timestamp";

    public int Compare(in SortValue a, in SortValue b)
    {
        if (a.IsMissing || b.IsMissing) return a.IsMissing && b.IsMissing ? 0 : a.IsMissing == MissingFirst ? -1 : 1;
        int order = a.CompareTo(b);
        return Descending ? -order : order;
    }

    /// <summary>Reads <c>sort</c>: a name, an object, or an array of them. Throws <see cref="OpenSearchException"/>.</summary>
    public static SortKey[] Read(JsonElement sort) =>
        sort.ValueKind == JsonValueKind.Array ? [.. sort.EnumerateArray().Select(ReadOne)] : [ReadOne(sort)];

    /// <summary>Reads the URI's <c>sort=name:desc,other</c>.</summary>
    public static SortKey[] Read(string sort) =>
        [.. sort.Split(',').Select(key => key.Split(':')).Select(parts => Of(parts[0], parts.Length > 1 ? parts[1] : null))];

    private static SortKey ReadOne(JsonElement key)
    {
        if (key.ValueKind == JsonValueKind.String) return Of(key.GetString()!, null);
        if (key.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in key.EnumerateObject())
            {
                if (property.Value.ValueKind == JsonValueKind.String) return Of(property.Name, property.Value.GetString());
                SortKey read = Of(property.Name, property.Value.TryGetProperty("order", out JsonElement order) ? QueryParser.Text(order) : null);
                foreach (JsonProperty option in property.Value.EnumerateObject())
                {
                    read = option.Name switch
                    {
                        "order" or "mode" or "nested" => read,
                        "missing" => read with { MissingFirst = option.Value.ValueKind == JsonValueKind.String && option.Value.GetString() == "_first" },
                        "unmapped_type" or "numeric_type" => read with { IsNumeric = QueryParser.Text(option.Value) is not ("keyword" or "text") },
                        _ => throw new OpenSearchException(new OpenSearchError(400, "x_content_parse_exception", $"[field_sort] unknown field [{option.Name}]")),
                    };
                }

                return read;
            }
        }

        throw new OpenSearchException(new OpenSearchError(400, "parsing_exception", "malformed sort format, either start with array, object, or an actual string"));
    }

    private static SortKey Of(string field, string? order) => new(field, order is null ? field == "_score" : order switch
    {
        "asc" => false,
        "desc" => true,
        _ => throw new OpenSearchException(OpenSearchError.IllegalArgument($"Unknown SortOrder [{order}]")),
    }, false, false);
}
