namespace LogPipeline.Indexing;

/// <summary>A tenant whose documents wait until a person acts.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Reason">The store's words.</param>
public sealed record HeldTenant(string Tenant, string Reason);
