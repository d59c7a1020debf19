namespace LogPipeline.Local.Store.Documents;

/// <summary><c>*</c> (any characters), <c>?</c> (one) and a backslash before either; linear in the text for each star.</summary>
internal static class Wildcard
{
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase = false)
    {
        int p = 0, t = 0, starPattern = -1, starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                starPattern = ++p;
                starText = t;
                continue;
            }

            bool escaped = p + 1 < pattern.Length && pattern[p] == '\\';
            int at = escaped ? p + 1 : p;
            if (at < pattern.Length && (!escaped && pattern[at] == '?' || Same(pattern[at], text[t], ignoreCase)))
            {
                p = at + 1;
                t++;
                continue;
            }

            if (starPattern < 0) return false;
            p = starPattern;
            t = ++starText;
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static bool Same(char a, char b, bool ignoreCase) => a == b || ignoreCase && char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
