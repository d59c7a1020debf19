using LogPipeline.Local.Store.Aggregations;

namespace LogPipeline.Local.Store.Search;

/// <summary>What a search found.</summary>
/// <param name="Hits">In order, those before <c>from</c> included.</param>
/// <param name="Total">Matching documents counted.</param>
/// <param name="IsTotalExact">All were counted; there are at least so many otherwise.</param>
/// <param name="DamagedBlocks">Blocks whose documents could not be looked at.</param>
/// <param name="Aggregations">Null when none was asked for.</param>
internal sealed record SearchResult(Hit[] Hits, long Total, bool IsTotalExact, int DamagedBlocks, AggregationSet? Aggregations);
