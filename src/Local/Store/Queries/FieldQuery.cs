using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Queries;

/// <summary>A condition that one value of a field has to meet.</summary>
internal abstract class FieldQuery(FieldReference reference) : Query
{
    protected FieldReference Field => reference;

    public sealed override bool Matches(CandidateDocument document)
    {
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (reference.Selects(document, leaf) && MatchesValue(document, leaf)) return true;
        }

        return false;
    }

    protected abstract bool MatchesValue(CandidateDocument document, in JsonField leaf);
}
