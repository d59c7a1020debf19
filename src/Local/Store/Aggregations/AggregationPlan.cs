using System.Text.Json;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary>The aggregations of a request, read once for all indices and threads.</summary>
internal sealed class AggregationPlan
{
    private readonly List<string> _fieldNames = [];
    private readonly List<JsonElement> _filters = [];

    private AggregationPlan(JsonElement aggregations, DateMath dates)
    {
        Dates = dates;
        Definitions = AggregationParser.Read(aggregations, this);
    }

    public DateMath Dates { get; }

    public IReadOnlyList<AggregationDefinition> Definitions { get; }

    public IReadOnlyList<string> FieldNames => _fieldNames;

    public IReadOnlyList<JsonElement> Filters => _filters;

    /// <summary>Counts the buckets of all aggregations of the request.</summary>
    public BucketBudget Buckets { get; } = new();

    /// <summary>Null when the request has none. Throws <see cref="OpenSearchException"/>.</summary>
    public static AggregationPlan? Read(JsonElement aggregations, DateMath dates) =>
        aggregations.ValueKind == JsonValueKind.Undefined ? null : new AggregationPlan(aggregations, dates);

    /// <summary>A number for a field; see <see cref="AggregationFields"/>.</summary>
    public int AddField(string name)
    {
        _fieldNames.Add(name);
        return _fieldNames.Count - 1;
    }

    /// <summary>A number for a filter.</summary>
    public int AddFilter(JsonElement query)
    {
        _filters.Add(query);
        return _filters.Count - 1;
    }

    public AggregationSet Create() => new(Definitions);
}
