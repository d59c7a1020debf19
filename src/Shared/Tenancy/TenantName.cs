namespace LogPipeline.Tenancy;

/// <summary>Names of tenants: lower case letters, digits, <c>-</c> and <c>_</c>, beginning with a letter or digit, at most 64 characters. They are parts of index names.</summary>
public static class TenantName
{
    public const int MaxLength = 64;

    /// <summary>Stands for the namespace in a rule's tenant.</summary>
    public const string NamespacePlaceholder = "{namespace}";

    /// <summary>What is wrong with a name, in words that name it; null when nothing is.</summary>
    public static string? Check(string name)
    {
        if (name.Length == 0) return "'' is no tenant's name";
        if (name.Length > MaxLength) return $"{name} has {name.Length} characters; a tenant's name has at most {MaxLength}";
        if (!char.IsAsciiLetterOrDigit(name[0])) return $"{name} does not begin with a letter or digit";
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_'))
                return $"{name} has '{c}'; a tenant's name is lower case letters, digits, - and _";
        }
        return null;
    }

    /// <summary>What is wrong with a glob over names (<c>*</c>, <c>?</c>), in words that name it; null when nothing is.</summary>
    public static string? CheckGlob(string glob)
    {
        if (glob.Length == 0) return "'' matches no tenant; * matches every one";
        foreach (char c in glob)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '_' or '*' or '?'))
                return $"{glob} has '{c}'; a tenant's name is lower case letters, digits, - and _, and a glob adds * and ?";
        }
        return null;
    }

    /// <summary>As <see cref="Check"/>, for a rule's tenant, which may hold <see cref="NamespacePlaceholder"/> once.</summary>
    public static string? CheckTemplate(string template)
    {
        int at = template.IndexOf(NamespacePlaceholder, StringComparison.Ordinal);
        if (at < 0)
        {
            int brace = template.IndexOf('{', StringComparison.Ordinal);
            return brace < 0 ? Check(template) : $"{template} has a placeholder other than {NamespacePlaceholder}";
        }
        string literal = template.Remove(at, NamespacePlaceholder.Length);
        if (literal.Contains('{', StringComparison.Ordinal)) return $"{template} has a second placeholder; {NamespacePlaceholder} may stand once";
        if (literal.Length > MaxLength - SafeName.MinLength)
            return $"{template} leaves too few of a tenant's {MaxLength} characters to {NamespacePlaceholder}; at most {MaxLength - SafeName.MinLength} may stand around it";
        return Check(template.Replace(NamespacePlaceholder, "n", StringComparison.Ordinal)) is { } problem
            ? problem.Replace(template.Replace(NamespacePlaceholder, "n", StringComparison.Ordinal), template, StringComparison.Ordinal)
            : null;
    }

    /// <summary>A rule's tenant for a namespace. Two namespaces get the same name only from a template without the placeholder.</summary>
    public static string Expand(string template, string @namespace)
    {
        int at = template.IndexOf(NamespacePlaceholder, StringComparison.Ordinal);
        if (at < 0) return template;
        string safe = SafeName.Of(@namespace, MaxLength - (template.Length - NamespacePlaceholder.Length));
        return string.Concat(template.AsSpan(0, at), safe, template.AsSpan(at + NamespacePlaceholder.Length));
    }
}
