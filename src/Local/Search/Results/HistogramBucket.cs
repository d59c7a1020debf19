using LogPipeline.Local.Search.Queries;

namespace LogPipeline.Local.Search.Results;

/// <summary>Records of one stretch of time: of each level in the order of <see cref="Queries.LogLevels.Names"/>, and those without one.</summary>
public sealed record HistogramBucket(long FromNanos, IReadOnlyList<long> Counts, long WithoutLevel);
