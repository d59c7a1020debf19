namespace LogPipeline.Tenancy;

/// <summary>Keys of labels and annotations: <c>[prefix/]name</c> (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).</summary>
public static class MetadataKey
{
    private const int MaxNameLength = 63, MaxPrefixLength = 253;

    /// <summary>What is wrong with a key, in words that name it; null when nothing is.</summary>
    public static string? Check(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        string prefix = key[..Math.Max(slash, 0)], name = key[(slash + 1)..];
        if (slash >= 0 && (prefix.Length is 0 or > MaxPrefixLength || !prefix.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')))
            return $"'{key}' has no domain name of at most {MaxPrefixLength} characters before its slash";
        if (name.Length is 0 or > MaxNameLength || !char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            return $"'{key}' is no key: 1 to {MaxNameLength} letters, digits, - _ and . that begin and end with a letter or digit, with one domain name and slash before them at most";
        return null;
    }
}
