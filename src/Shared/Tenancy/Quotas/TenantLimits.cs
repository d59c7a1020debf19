using LogPipeline.Configuration;

namespace LogPipeline.Tenancy.Quotas;

/// <summary>What each tenant may take: the first limit whose glob matches its name. Safe from any thread.</summary>
public sealed class TenantLimits(IReadOnlyList<TenantLimit> limits)
{
    /// <summary>No tenant is limited, and all have one share.</summary>
    public static TenantLimits None { get; } = new([]);

    /// <summary>Some tenant has a rate.</summary>
    public bool HasRates { get; } = limits.Any(limit => limit.RateBytes > 0);

    /// <summary>Bytes of log a second over the whole installation; zero without a limit.</summary>
    public long RateOf(string tenant) => Of(tenant)?.RateBytes ?? 0;

    /// <summary>Its part of what several tenants want at once, compared with theirs.</summary>
    public int ShareOf(string tenant) => Of(tenant)?.Share ?? 1;

    private TenantLimit? Of(string tenant) => limits.FirstOrDefault(limit => NamespaceGlob.Matches(limit.Tenant, tenant));
}
