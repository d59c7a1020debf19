using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Queries;

/// <summary><c>match</c>: a text has at least so many of these words.</summary>
/// <param name="field">A text field, one without a declared type, or all.</param>
/// <param name="words">In lower case; none twice.</param>
/// <param name="minimum">How many of them.</param>
internal sealed class TextQuery(FieldReference field, byte[][] words, int minimum) : FieldQuery(field)
{
    private readonly ByteSearch[] _searches = [.. words.Where(word => ByteSearch.CanSearch(word)).Select(word => new ByteSearch(word))];

    public override bool MayMatch(ReadOnlySpan<byte> source)
    {
        int missing = 0, tolerated = words.Length - minimum;
        foreach (ByteSearch search in _searches)
        {
            if (!search.IsIn(source) && ++missing > tolerated) return false;
        }

        return true;
    }

    protected override bool MatchesValue(CandidateDocument document, in JsonField leaf)
    {
        if (leaf.Type != JsonTokenType.String && Field.Type == FieldType.Text) return false;
        ulong found = 0;
        int count = 0;
        var analyzer = new Analyzer(document.Value(leaf));
        while (analyzer.MoveNext())
        {
            for (int i = 0; i < words.Length; i++)
            {
                if ((found & (1UL << (i & 63))) != 0 || !Analyzer.IsWord(analyzer.Current, words[i])) continue;
                found |= 1UL << (i & 63);
                if (++count >= minimum) return true;
                break;
            }
        }

        return false;
    }
}
