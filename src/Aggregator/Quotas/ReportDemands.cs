using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Aggregator.Quotas;

/// <summary>From an aggregator to the one that keeps the quotas: what it could use of each tenant's rate.</summary>
/// <param name="Member">The aggregator's address.</param>
/// <param name="Number">Of the report; its answer has the same.</param>
/// <param name="Demands">One a tenant.</param>
public sealed record ReportDemands(string Member, long Number, IReadOnlyList<QuotaDemand> Demands);
