using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Queries;

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
