using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Queries;

/// <summary>All of <paramref name="must"/>, at least <paramref name="minimumShould"/> of <paramref name="should"/>, none of <paramref name="mustNot"/>.</summary>
internal sealed class BoolQuery(Query[] must, Query[] should, Query[] mustNot, int minimumShould) : Query
{
    private readonly ShouldByTerm? _byTerm = minimumShould == 1 ? ShouldByTerm.Of(should) : null;

    /// <summary>What every matching document meets.</summary>
    public IReadOnlyList<Query> Must => must;

    public override bool Matches(CandidateDocument document)
    {
        foreach (Query query in must)
        {
            if (!query.Matches(document)) return false;
        }

        foreach (Query query in mustNot)
        {
            if (query.Matches(document)) return false;
        }

        if (_byTerm is not null) return _byTerm.AnyMatches(document);
        int matching = 0;
        for (int i = 0; i < should.Length && matching < minimumShould; i++)
        {
            if (should[i].Matches(document)) matching++;
        }

        return matching >= minimumShould;
    }

    public override BlockMatch Check(BlockSummary block)
    {
        bool all = true;
        foreach (Query query in must)
        {
            BlockMatch match = query.Check(block);
            if (match == BlockMatch.None) return BlockMatch.None;
            all &= match == BlockMatch.All;
        }

        foreach (Query query in mustNot)
        {
            BlockMatch match = query.Check(block);
            if (match == BlockMatch.All) return BlockMatch.None;
            all &= match == BlockMatch.None;
        }

        int possible = 0, certain = 0;
        foreach (Query query in should)
        {
            BlockMatch match = query.Check(block);
            if (match != BlockMatch.None) possible++;
            if (match == BlockMatch.All) certain++;
        }

        if (possible < minimumShould) return BlockMatch.None;
        return all && certain >= minimumShould ? BlockMatch.All : BlockMatch.Some;
    }

    public override bool MayMatch(ReadOnlySpan<byte> source)
    {
        foreach (Query query in must)
        {
            if (!query.MayMatch(source)) return false;
        }

        int possible = 0;
        for (int i = 0; i < should.Length && possible < minimumShould; i++)
        {
            if (should[i].MayMatch(source)) possible++;
        }

        return possible >= minimumShould;
    }
}
