namespace LogPipeline.Local.Store.Aggregations;

/// <summary>An aggregation as the request has it.</summary>
/// <param name="Name">The request's name for it.</param>
/// <param name="Create">Begins to collect.</param>
internal sealed record AggregationDefinition(string Name, Func<Aggregation> Create);
