using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Aggregator.Quotas;

/// <summary>The answer to <see cref="ReportDemands"/>.</summary>
/// <param name="Number">The report's.</param>
/// <param name="Grants">One for each tenant of the report.</param>
public sealed record GrantQuotas(long Number, IReadOnlyList<QuotaGrant> Grants);
