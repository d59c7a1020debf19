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

/// <summary>A rule: namespaces by their name, a label or an annotation to a tenant's name.</summary>
public sealed class TenantRule
{
    /// <summary>Glob over namespace names: <c>*</c>, <c>?</c>; empty, where a label or an annotation is given, for all of them.</summary>
    public string Namespace { get; set; } = "";

    /// <summary>The rule is for namespaces that have this label.</summary>
    public string NamespaceLabel { get; set; } = "";

    /// <summary>The rule is for namespaces that have this annotation.</summary>
    public string NamespaceAnnotation { get; set; } = "";

    /// <summary>
    /// The tenant; <c>{namespace}</c> stands for the namespace's name, <c>{label}</c> and <c>{annotation}</c> for the value of the rule's own. Lower case letters, digits,
    /// <c>-</c>, <c>_</c>, at most 64.
    /// </summary>
    public string Tenant { get; set; } = "";

    /// <summary>Age at which the tenant's indices are deleted; zero: as <see cref="TenancyOptions.Keep"/> says.</summary>
    public TimeSpan Keep { get; set; }

    /// <summary>Only the Kubernetes API tells whether the rule is for a namespace.</summary>
    public bool WantsMetadata => NamespaceLabel.Length > 0 || NamespaceAnnotation.Length > 0;
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
