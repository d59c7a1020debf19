using LogPipeline.Configuration;

namespace LogPipeline.Tenancy;

/// <summary>What a rule says a tenant is called: a name, or one with a placeholder for the namespace's name or for the value of its label or annotation.</summary>
public static class TenantTemplate
{
    /// <summary>Stands for the namespace.</summary>
    public const string Namespace = "{namespace}";

    /// <summary>Stands for the value of the rule's label.</summary>
    public const string Label = "{label}";

    /// <summary>Stands for the value of the rule's annotation.</summary>
    public const string Annotation = "{annotation}";

    private static readonly string[] s_placeholders = [Namespace, Label, Annotation];

    /// <summary>As <see cref="TenantName.Check"/>, for a rule's tenant, which may hold one placeholder once.</summary>
    public static string? Check(string template)
    {
        if (PlaceholderOf(template) is not { } placeholder)
        {
            int brace = template.IndexOf('{', StringComparison.Ordinal);
            return brace < 0 ? TenantName.Check(template) : $"{template} has a placeholder other than {Namespace}, {Label} and {Annotation}";
        }
        string literal = template.Remove(template.IndexOf(placeholder, StringComparison.Ordinal), placeholder.Length);
        if (literal.Contains('{', StringComparison.Ordinal)) return $"{template} has a second placeholder; {placeholder} may stand once";
        if (literal.Length > TenantName.MaxLength - SafeName.MinLength)
            return $"{template} leaves too few of a tenant's {TenantName.MaxLength} characters to {placeholder}; at most {TenantName.MaxLength - SafeName.MinLength} may stand around it";
        string example = template.Replace(placeholder, "n", StringComparison.Ordinal);
        return TenantName.Check(example)?.Replace(example, template, StringComparison.Ordinal);
    }

    /// <summary>The key that the placeholder of a rule's tenant takes its value from, where the rule has no such key; otherwise null.</summary>
    public static string? MissingKey(TenantRule rule) => PlaceholderOf(rule.Tenant) switch
    {
        Label when rule.NamespaceLabel.Length == 0 => "namespace_label",
        Annotation when rule.NamespaceAnnotation.Length == 0 => "namespace_annotation",
        _ => null,
    };

    /// <summary>The names of all tenants that a template can give, as a wildcard.</summary>
    public static string Wildcard(string template) => PlaceholderOf(template) is { } placeholder ? template.Replace(placeholder, "*", StringComparison.Ordinal) : template;

    /// <summary>A rule's tenant for a namespace.</summary>
    /// <param name="template">Valid.</param>
    /// <param name="namespace">Its name, which is made safe: two namespaces get the same name only from a template without it.</param>
    /// <param name="value">Of the rule's label or annotation, which is taken as it is: what comes out may be no tenant's name.</param>
    public static string Expand(string template, string @namespace, string value)
    {
        if (PlaceholderOf(template) is not { } placeholder) return template;
        return template.Replace(placeholder, placeholder == Namespace ? SafeName.Of(@namespace, TenantName.MaxLength - (template.Length - placeholder.Length)) : value, StringComparison.Ordinal);
    }

    private static string? PlaceholderOf(string template) => Array.Find(s_placeholders, placeholder => template.Contains(placeholder, StringComparison.Ordinal));
}
