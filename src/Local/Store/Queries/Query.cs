using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files;

namespace LogPipeline.Local.Store.Queries;

/// <summary>A condition on documents of one index. Immutable; <see cref="Matches"/> may run on several threads with different documents.</summary>
internal abstract class Query
{
    public abstract bool Matches(CandidateDocument document);

    /// <summary>Decides by a block's summary alone; <see cref="BlockMatch.Some"/> when it cannot.</summary>
    public virtual BlockMatch Check(BlockSummary block) => BlockMatch.Some;

    /// <summary>True when nothing but the values of this keyword field decides.</summary>
    public virtual bool IsDecidedBy(ulong path) => false;

    /// <summary>False only when a document with this source, in which nothing is written as a <c>\u</c> escape, cannot match. Cheap.</summary>
    public virtual bool MayMatch(ReadOnlySpan<byte> source) => true;
}
