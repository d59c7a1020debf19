using System.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Queries;

/// <summary><c>wildcard</c> and <c>prefix</c>: over the whole value of a keyword, over the words of a text.</summary>
internal sealed class PatternQuery(FieldReference field, string pattern, bool ignoreCase) : FieldQuery(field)
{
    private readonly string _pattern = pattern;
    private readonly ByteSearch? _search = LongestLiteral(pattern) is { } literal && ByteSearch.CanSearch(literal) ? new ByteSearch(literal) : null;

    /// <summary>A pattern that any value with this beginning matches.</summary>
    public static string FromPrefix(string prefix) => prefix.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal) + "*";

    public override bool MayMatch(ReadOnlySpan<byte> source) => _search is null || _search.Value.IsIn(source);

    protected override bool MatchesValue(CandidateDocument document, in JsonField leaf)
    {
        ReadOnlySpan<byte> text = document.Value(leaf);
        if (Field.Type is not FieldType.Text && Wildcard.IsMatch(_pattern, Encoding.UTF8.GetString(text), ignoreCase)) return true;
        return Field.Type is FieldType.Text or FieldType.Dynamic && leaf.Type == JsonTokenType.String && MatchesWord(text);
    }

    private bool MatchesWord(ReadOnlySpan<byte> text)
    {
        var analyzer = new Analyzer(text);
        while (analyzer.MoveNext())
        {
            if (Wildcard.IsMatch(_pattern, Encoding.UTF8.GetString(analyzer.Current).ToLowerInvariant(), ignoreCase)) return true;
        }

        return false;
    }

    /// <summary>The longest run of letters and digits between wildcards, in lower case; only what needs no JSON escape.</summary>
    private static byte[]? LongestLiteral(string pattern)
    {
        string longest = "";
        foreach (string piece in pattern.Split(['*', '?', '\\', '"', '/']))
        {
            if (piece.Length > longest.Length && !piece.Any(char.IsControl)) longest = piece;
        }

        return longest.Length == 0 ? null : Encoding.UTF8.GetBytes(longest.ToLowerInvariant());
    }
}
