namespace LogPipeline.Tenancy.Quotas;

/// <summary>What one process would use of a tenant's rate.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="WantedRate">Bytes a second that it could use.</param>
/// <param name="GrantedRate">Bytes a second that it was last granted, and goes on using until it is granted another.</param>
public sealed record QuotaDemand(string Tenant, double WantedRate, double GrantedRate);
