using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary><c>filters</c>: a bucket for each query, by name or by position; and <c>filter</c>, which is one without a list.</summary>
internal sealed class FiltersAggregation : BucketAggregation<int>
{
    private readonly string[] _names;
    private readonly int[] _filters;
    private readonly bool _isSingle, _isNamed;

    private FiltersAggregation(string[] names, int[] filters, bool isSingle, bool isNamed, IReadOnlyList<AggregationDefinition> subAggregations, BucketBudget budget)
        : base(subAggregations, budget)
    {
        _names = names;
        _filters = filters;
        _isSingle = isSingle;
        _isNamed = isNamed;
    }

    public static Func<Aggregation> ReadFilter(JsonElement body, IReadOnlyList<AggregationDefinition> subAggregations, AggregationPlan plan)
    {
        int filter = plan.AddFilter(body);
        return () => new FiltersAggregation([""], [filter], isSingle: true, isNamed: false, subAggregations, plan.Buckets);
    }

    public static Func<Aggregation> ReadFilters(JsonElement body, IReadOnlyList<AggregationDefinition> subAggregations, AggregationPlan plan)
    {
        JsonElement filters = Queries.QueryParser.Required(body, "filters");
        bool isNamed = filters.ValueKind == JsonValueKind.Object;
        string[] names = isNamed ? [.. filters.EnumerateObject().Select(filter => filter.Name).Order(StringComparer.Ordinal)] : [.. Enumerable.Repeat("", filters.GetArrayLength())];
        int[] numbers = isNamed ? [.. names.Select(name => plan.AddFilter(filters.GetProperty(name)))] : [.. filters.EnumerateArray().Select(plan.AddFilter)];
        return () => new FiltersAggregation(names, numbers, isSingle: false, isNamed, subAggregations, plan.Buckets);
    }

    public override void Collect(CandidateDocument document, AggregationFields fields)
    {
        for (int i = 0; i < _filters.Length; i++)
        {
            if (fields.Filter(_filters[i]).Matches(document)) Add(i, document, fields);
        }
    }

    public override void Write(Utf8JsonWriter writer)
    {
        if (_isSingle)
        {
            WriteCount(writer, Buckets.TryGetValue(0, out Bucket? only) ? only : Empty());
            return;
        }

        if (_isNamed) writer.WriteStartObject("buckets");
        else writer.WriteStartArray("buckets");
        for (int i = 0; i < _filters.Length; i++)
        {
            if (_isNamed) writer.WriteStartObject(_names[i]);
            else writer.WriteStartObject();
            WriteCount(writer, Buckets.TryGetValue(i, out Bucket? bucket) ? bucket : Empty());
            writer.WriteEndObject();
        }

        if (_isNamed) writer.WriteEndObject();
        else writer.WriteEndArray();
    }
}
