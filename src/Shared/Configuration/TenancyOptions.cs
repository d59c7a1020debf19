namespace LogPipeline.Configuration;

/// <summary>Whose a stream is. The first rule that matches its namespace decides.</summary>
public sealed class TenancyOptions
{
    public List<TenantRule> Rules { get; set; } = [];

    /// <summary>What tenants may take; the first whose glob matches a tenant's name counts.</summary>
    public List<TenantLimit> Limits { get; set; } = [];

    /// <summary>The tenant of what no rule matches.</summary>
    public string Default { get; set; } = "default";

    /// <summary>Age at which indices are deleted where no rule says another; zero keeps them.</summary>
    public TimeSpan Keep { get; set; }
}

/// <summary>A rule: namespaces by glob to a tenant's name.</summary>
public sealed class TenantRule
{
    /// <summary>Glob over namespace names: <c>*</c>, <c>?</c>.</summary>
    public string Namespace { get; set; } = "";

    /// <summary>The tenant; <c>{namespace}</c> stands for the namespace's name. Lower case letters, digits, <c>-</c>, <c>_</c>, at most 64.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>Age at which the tenant's indices are deleted; zero: as <see cref="TenancyOptions.Keep"/> says.</summary>
    public TimeSpan Keep { get; set; }
}

/// <summary>What some tenants may take, each of them.</summary>
public sealed class TenantLimit
{
    /// <summary>Glob over the names of tenants: <c>*</c>, <c>?</c>.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>Bytes of log a second, over all aggregators of a cluster; zero: as many as there are.</summary>
    public long RateBytes { get; set; }

    /// <summary>1 to 1000: its part of the requests to the store while several tenants wait, compared with theirs.</summary>
    public int Share { get; set; } = 1;
}
