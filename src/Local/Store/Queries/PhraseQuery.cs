using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Queries;

/// <summary><c>match_phrase</c> and <c>match_phrase_prefix</c>: these words one after another, the last perhaps only begun.</summary>
internal sealed class PhraseQuery(FieldReference field, byte[][] words, bool lastIsPrefix) : FieldQuery(field)
{
    private readonly ByteSearch[] _searches = [.. words.Where(word => ByteSearch.CanSearch(word)).Select(word => new ByteSearch(word))];

    public override bool MayMatch(ReadOnlySpan<byte> source)
    {
        foreach (ByteSearch search in _searches)
        {
            if (!search.IsIn(source)) return false;
        }

        return true;
    }

    protected override bool MatchesValue(CandidateDocument document, in JsonField leaf)
    {
        if (leaf.Type != JsonTokenType.String || words.Length == 0) return false;
        ReadOnlySpan<byte> text = document.Value(leaf);
        var analyzer = new Analyzer(text);
        while (analyzer.MoveNext())
        {
            // Copied: the words behind this one are tried without losing the place.
            Analyzer ahead = analyzer;
            if (Follow(ref ahead)) return true;
        }

        return false;
    }

    private bool Follow(ref Analyzer analyzer)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (i > 0 && !analyzer.MoveNext()) return false;
            bool isPrefix = lastIsPrefix && i == words.Length - 1;
            if (!(isPrefix ? Analyzer.IsPrefix(analyzer.Current, words[i]) : Analyzer.IsWord(analyzer.Current, words[i]))) return false;
        }

        return true;
    }
}
