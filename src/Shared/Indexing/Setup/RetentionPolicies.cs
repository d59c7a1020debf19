using LogPipeline.Configuration;
using LogPipeline.Tenancy;

namespace LogPipeline.Indexing.Setup;

/// <summary>Which retention policies a configuration asks for. Pure.</summary>
public static class RetentionPolicies
{
    /// <summary>What names of the pipeline's policies begin with.</summary>
    public const string Prefix = "logpipeline-keep-";

    // Servers refuse two templates that match the same index with the same priority, so each has its own.
    private const int HighestPriority = 400;

    /// <summary>
    /// One for each tenant, or for all tenants that a rule with a placeholder can name, whose age is given, in the order of the rules; then one for everything else, dead letters
    /// among it.
    /// </summary>
    /// <param name="tenancy">Validated options.</param>
    /// <param name="index">The index pattern.</param>
    public static IReadOnlyList<RetentionPolicy> Of(TenancyOptions tenancy, string index)
    {
        if (!IndexPattern.TryParse(index, out IndexPattern? pattern, out string? problem)) throw new ArgumentException(problem, nameof(index));
        var policies = new List<RetentionPolicy>();
        foreach (TenantRule rule in tenancy.Rules)
        {
            string tenant = TenantTemplate.Wildcard(rule.Tenant);
            TimeSpan keep = rule.Keep > TimeSpan.Zero ? rule.Keep : tenancy.Keep;
            string indices = pattern.Text.Replace("{tenant}", tenant, StringComparison.Ordinal).Replace("{namespace}", "*", StringComparison.Ordinal).Replace("{day}", "*", StringComparison.Ordinal);
            if (keep > TimeSpan.Zero) Add(tenant.Replace("*", "any", StringComparison.Ordinal), indices, keep);
        }
        if (tenancy.Keep > TimeSpan.Zero)
        {
            Add("others", IndexTemplates.PatternOf(index), tenancy.Keep);
            Add("dead-letters", IndexTemplates.DeadLettersPattern, tenancy.Keep);
        }
        return policies;

        void Add(string name, string indices, TimeSpan keep)
        {
            if (policies.All(policy => policy.Pattern != indices)) policies.Add(new RetentionPolicy(Prefix + name, indices, keep, HighestPriority - policies.Count));
        }
    }
}
