using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Queries;

/// <summary>The document has one of these ids.</summary>
internal sealed class IdsQuery(byte[][] ids) : Query
{
    public override bool Matches(CandidateDocument document)
    {
        foreach (byte[] id in ids)
        {
            if (document.Id.SequenceEqual(id)) return true;
        }

        return false;
    }
}
