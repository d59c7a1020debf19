using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary>The fields and filters of a request's aggregations in terms of one index's mapping.</summary>
internal sealed class AggregationFields(AggregationPlan? plan, QueryParser parser)
{
    private readonly FieldReference[] _fields = [.. (plan?.FieldNames ?? []).Select(parser.Field)];
    private readonly Query[] _filters = [.. (plan?.Filters ?? []).Select(parser.Parse)];

    /// <summary>The index's name.</summary>
    public string Index => parser.Index;

    /// <summary>The field that <see cref="AggregationPlan.AddField"/> gave this number.</summary>
    public FieldReference Field(int number) => _fields[number];

    public Query Filter(int number) => _filters[number];
}
