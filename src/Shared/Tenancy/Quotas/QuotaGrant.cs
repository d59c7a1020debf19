namespace LogPipeline.Tenancy.Quotas;

/// <summary>What one process may use of a tenant's rate, until it is granted another.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Rate">Bytes a second.</param>
public sealed record QuotaGrant(string Tenant, double Rate);
