using LogPipeline.Local.Store.Aggregations;
using LogPipeline.Local.Store.Indices;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Search;

/// <summary>One index of a search: its documents, and the request in terms of its mapping.</summary>
/// <param name="Snapshot">What is searched.</param>
/// <param name="Query">Which documents.</param>
/// <param name="Sort">How they are ordered.</param>
/// <param name="After">What the hits come after; null when they are the first.</param>
/// <param name="Fields">The aggregations' fields.</param>
internal sealed record SearchSource(IndexSnapshot Snapshot, Query Query, SortReader[] Sort, SortValue[]? After, AggregationFields Fields)
{
    /// <summary>The query and the aggregations can be answered from blocks' totals; hits cannot.</summary>
    public bool TakesTotals { get; init; }
}
