using LogPipeline.Configuration;

namespace LogPipeline.Tenancy;

/// <summary>
/// Whose a stream is, by its namespace: the first rule that matches, the default otherwise. A pure function of the namespace; what it
/// said is pinned with the stream's resume point, so that changed rules hold for new bytes only.
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
    public string Resolve(string @namespace)
    {
        if (@namespace.Length == 0) return _default;
        foreach (var rule in _rules)
        {
            if (NamespaceGlob.Matches(rule.Namespace, @namespace)) return TenantName.Expand(rule.Tenant, @namespace);
        }
        return _default;
    }
}
