namespace LogPipeline.Tenancy;

/// <summary>Names of tenants: lower case letters, digits, <c>-</c> and <c>_</c>, beginning with a letter or digit, at most 64 characters. They are parts of index names.</summary>
public static class TenantName
{
    public const int MaxLength = 64;

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
}
