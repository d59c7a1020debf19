using LogPipeline.Configuration;
using LogPipeline.Enrichment.Pods;

namespace LogPipeline.Tenancy;

/// <summary>
/// Whose a stream is, by its namespace: the first rule that matches, the default otherwise. A pure function of the namespace and of what the Kubernetes API says of it; what it
/// said is pinned with the stream's resume point, so that changed rules and labels hold for new bytes only. Nothing that a Pod says of itself has a part in it.
/// </summary>
public sealed class TenantResolver
{
    private readonly TenantRule[] _rules;
    private readonly string _default;

    /// <param name="options">Validated options; see <see cref="ConfigurationReader"/>.</param>
    public TenantResolver(TenancyOptions options)
    {
        _rules = [.. options.Rules];
        _default = options.Default;
    }

    /// <param name="namespace">The namespace; empty for what has none (docker, plain files), which no rule matches.</param>
    /// <param name="metadata">What the API says of it; null while that is not known.</param>
    public TenantVerdict Resolve(string @namespace, NamespaceMetadata? metadata)
    {
        if (@namespace.Length == 0) return new(_default);
        foreach (TenantRule rule in _rules)
        {
            if (rule.Namespace.Length > 0 && !NamespaceGlob.Matches(rule.Namespace, @namespace)) continue;
            if (rule.WantsMetadata && metadata is null) return new(null);
            string value = "";
            if (rule.WantsMetadata && !(rule.NamespaceLabel.Length > 0 ? metadata!.Labels.TryGetValue(rule.NamespaceLabel, out value!) : metadata!.Annotations.TryGetValue(rule.NamespaceAnnotation, out value!))) continue;
            string tenant = TenantTemplate.Expand(rule.Tenant, @namespace, value);
            return TenantName.Check(tenant) is { } problem ? new(null, problem) : new(tenant);
        }
        return new(_default);
    }
}
