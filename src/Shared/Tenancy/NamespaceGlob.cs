namespace LogPipeline.Tenancy;

/// <summary>A glob over the names of namespaces: <c>*</c> stands for any characters, <c>?</c> for one; everything else for itself.</summary>
public static class NamespaceGlob
{
    /// <summary>True when the whole name matches. Linear in the name for each <c>*</c>: only the last one is ever tried again.</summary>
    public static bool Matches(ReadOnlySpan<char> glob, ReadOnlySpan<char> name)
    {
        int g = 0, n = 0, star = -1, retry = 0;
        while (n < name.Length)
        {
            if (g < glob.Length && glob[g] == '*') (star, retry) = (g++, n);
            else if (g < glob.Length && (glob[g] == '?' || glob[g] == name[n])) (g, n) = (g + 1, n + 1);
            else if (star >= 0) (g, n) = (star + 1, ++retry);
            else return false;
        }
        return glob[g..].IndexOfAnyExcept('*') < 0;
    }

    /// <summary>What is wrong with a glob, in words that name it; null when nothing is.</summary>
    public static string? Check(string glob)
    {
        if (glob.Length == 0) return "'' matches no namespace; * matches every one";
        foreach (char c in glob)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '*' or '?'))
                return $"{glob} has '{c}'; names of namespaces are lower case letters, digits and -, and a glob adds * and ?";
        }
        return null;
    }
}
