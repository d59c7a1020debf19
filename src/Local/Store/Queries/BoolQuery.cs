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

    public override bool IsDecidedBy(ulong path) =>
        Array.TrueForAll(must, query => query.IsDecidedBy(path)) && Array.TrueForAll(should, query => query.IsDecidedBy(path)) && Array.TrueForAll(mustNot, query => query.IsDecidedBy(path));

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

/// <summary>
/// Many alternatives of which each asks for a value of the same keyword field: by a document's values of it only those that may match are tried. An audit asks
/// for hundreds of files this way, each with a position of its own.
/// </summary>
internal sealed class ShouldByTerm
{
    /// <summary>Fewer are tried one after another.</summary>
    private const int Least = 8;

    private readonly FieldReference _field;
    private readonly Dictionary<byte[], List<Query>>.AlternateLookup<ReadOnlySpan<byte>> _byValue;

    private ShouldByTerm(FieldReference field, Dictionary<byte[], List<Query>> byValue) => (_field, _byValue) = (field, byValue.GetAlternateLookup<ReadOnlySpan<byte>>());

    /// <summary>Null where they are few, or do not all ask for the same field.</summary>
    public static ShouldByTerm? Of(Query[] should)
    {
        if (should.Length < Least) return null;
        FieldReference? field = null;
        var byValue = new Dictionary<byte[], List<Query>>(ByteTextComparer.Instance);
        foreach (Query query in should)
        {
            if (RequiredOf(query) is not var (its, values) || (field is not null && its.Path != field.Path)) return null;
            field ??= its;
            foreach (byte[] value in values)
            {
                if (!byValue.TryGetValue(value, out List<Query>? queries)) byValue.Add(value, queries = []);
                queries.Add(query);
            }
        }

        return new ShouldByTerm(field!, byValue);
    }

    public bool AnyMatches(CandidateDocument document)
    {
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (!_field.Selects(document, leaf) || !_byValue.TryGetValue(document.Value(leaf), out List<Query>? queries)) continue;
            foreach (Query query in queries)
            {
                if (query.Matches(document)) return true;
            }
        }

        return false;
    }

    private static (FieldReference Field, IEnumerable<byte[]> Values)? RequiredOf(Query query) => query switch
    {
        TermQuery term => term.Required,
        BoolQuery all => all.Must.OfType<TermQuery>().Select(term => term.Required).FirstOrDefault(required => required is not null),
        _ => null,
    };
}
