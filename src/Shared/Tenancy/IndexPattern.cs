using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace LogPipeline.Tenancy;

/// <summary>
/// How concrete indices are named: text with <c>{tenant}</c>, <c>{namespace}</c> and <c>{day}</c>. Nothing else may stand in it: a
/// record must get the same index on every attempt (an id is unique within one index only), and these are pinned before the first.
/// </summary>
public sealed class IndexPattern
{
    /// <summary>What the indices of dead letters put before the name of the index that refused.</summary>
    public const string DeadLetterPrefix = "deadletter-";

    /// <summary>Bytes of an index's name, as OpenSearch and Elasticsearch have it.</summary>
    public const int MaxLength = 255;

    private const string Tenant = "{tenant}", Namespace = "{namespace}", Day = "{day}";
    private const int NamespaceLength = 63, DayLength = 10;

    private static readonly SearchValues<char> Refused = SearchValues.Create("\\/*?\"<>| ,#:{}");

    private IndexPattern(string text) => Text = text;

    /// <summary>The pattern as it was written; this is what is pinned.</summary>
    public string Text { get; }

    /// <summary>Matches every index of this pattern, for searches and index templates: <c>logs-*-*</c>.</summary>
    public string Wildcard => Replace("*", "*", "*");

    /// <summary>Reads a pattern. On false, <paramref name="problem"/> says what OpenSearch, or the pipeline, would refuse, in words that name the pattern.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IndexPattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        var candidate = new IndexPattern(text);
        problem = candidate.Check();
        pattern = problem is null ? candidate : null;
        return problem is null;
    }

    /// <summary>The names for one stream: everything but the day is put in now.</summary>
    /// <param name="tenant">A name that <see cref="TenantName.Check"/> accepts.</param>
    /// <param name="namespace">Any namespace; made safe by <see cref="SafeName"/>.</param>
    public IndexNames Resolve(string tenant, string @namespace) => new(Template(tenant, @namespace));

    /// <summary>The name with only <c>{day}</c> left open: what is recorded with a stream's position.</summary>
    public string Template(string tenant, string @namespace) => Replace(tenant, SafeName.Of(@namespace, NamespaceLength), Day);

    private string Replace(string tenant, string @namespace, string day) => Text
        .Replace(Tenant, tenant, StringComparison.Ordinal)
        .Replace(Namespace, @namespace, StringComparison.Ordinal)
        .Replace(Day, day, StringComparison.Ordinal);

    private string? Check()
    {
        if (Text.Length == 0) return "'' names no index";
        if (Text.StartsWith('{')) return $"{Text} does not begin with text of its own, which tells its indices from others";
        if (Text[0] is '-' or '_' or '+' or '.') return $"{Text} begins with '{Text[0]}', which OpenSearch refuses or keeps for itself";
        if (Text.StartsWith(DeadLetterPrefix, StringComparison.Ordinal)) return $"{Text} begins with {DeadLetterPrefix}, which names the indices of dead letters";

        string literal = Replace("", "", "");
        int open = literal.IndexOf('{', StringComparison.Ordinal);
        if (open >= 0)
        {
            int close = literal.IndexOf('}', open);
            return $"{Text} has {(close < 0 ? literal[open..] : literal[open..(close + 1)])}; placeholders are {Tenant}, {Namespace} and {Day}";
        }
        foreach (char c in literal)
        {
            if (char.IsAsciiLetterUpper(c)) return $"{Text} has upper case '{c}'; names of indices are lower case";
            if (!char.IsBetween(c, '!', '~') || Refused.Contains(c)) return $"{Text} has '{c}', which names of indices may not have";
        }
        int longest = Replace(new string('t', TenantName.MaxLength), new string('n', NamespaceLength), new string('d', DayLength)).Length;
        int most = MaxLength - DeadLetterPrefix.Length;
        return longest > most ? $"{Text} can name indices of {longest} bytes, which is above {most} ({MaxLength} less {DeadLetterPrefix})" : null;
    }
}
