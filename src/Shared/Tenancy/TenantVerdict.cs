namespace LogPipeline.Tenancy;

/// <summary>Whose a stream is, as far as that can be told.</summary>
/// <param name="Tenant">The tenant's name; null while it is not decided: the stream waits.</param>
/// <param name="Problem">Why it waits although everything is known, in words that name the value; null otherwise.</param>
public readonly record struct TenantVerdict(string? Tenant, string? Problem = null);
