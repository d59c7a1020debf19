using System.Text.Json;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary>Reads <c>aggs</c>. Throws <see cref="OpenSearchException"/>.</summary>
internal static class AggregationParser
{
    private const int MaxDepth = 10;

    public static IReadOnlyList<AggregationDefinition> Read(JsonElement aggregations, AggregationPlan plan, int depth = 0)
    {
        if (aggregations.ValueKind == JsonValueKind.Undefined) return [];
        if (aggregations.ValueKind != JsonValueKind.Object || depth > MaxDepth) throw Refuse("aggregations malformed");
        return [.. aggregations.EnumerateObject().Select(named => new AggregationDefinition(named.Name, ReadOne(named.Name, named.Value, plan, depth)))];
    }

    private static Func<Aggregation> ReadOne(string name, JsonElement aggregation, AggregationPlan plan, int depth)
    {
        if (aggregation.ValueKind != JsonValueKind.Object) throw Refuse($"Aggregation definition for [{name}] must be an object");
        string? type = null;
        JsonElement body = default, inner = default;
        foreach (JsonProperty property in aggregation.EnumerateObject())
        {
            if (property.Name is "aggs" or "aggregations") inner = property.Value;
            else if (property.Name != "meta") (type, body) = (property.Name, property.Value);
        }

        IReadOnlyList<AggregationDefinition> subs = Read(inner, plan, depth + 1);
        return type switch
        {
            "sum" or "min" or "max" or "avg" or "stats" or "value_count" => MetricAggregation.Read(type, body, plan),
            "composite" => CompositeAggregation.Read(body, subs, plan),
            "cardinality" => CardinalityAggregation.Read(body, plan),
            "terms" => TermsAggregation.Read(body, subs, plan),
            "date_histogram" => DateHistogramAggregation.Read(body, subs, plan),
            "histogram" => HistogramAggregation.Read(body, subs, plan),
            "range" => RangeAggregation.Read(body, subs, plan),
            "filter" => FiltersAggregation.ReadFilter(body, subs, plan),
            "filters" => FiltersAggregation.ReadFilters(body, subs, plan),
            _ => throw Refuse($"Unknown aggregation type [{type}]"),
        };
    }

    public static OpenSearchException Refuse(string reason) => new(new OpenSearchError(400, "parsing_exception", reason));

    public static string FieldName(JsonElement body) => QueryParser.Text(QueryParser.Required(body, "field"));
}
