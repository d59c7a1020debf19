namespace LogPipeline.Local.Web.Status;

/// <summary>A tenant whose requests the store refuses until a person acts; nothing of it is lost meanwhile.</summary>
public sealed record HeldTenant(string Tenant, string Reason);
