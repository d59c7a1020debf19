namespace LogPipeline.Local.Store.Indices;

/// <summary>One document on its way into an index, and what became of it.</summary>
internal struct IngestItem
{
    /// <summary>Where the id begins in the request's ids or, not negative, in its body; see <see cref="IngestRequest.Id"/>.</summary>
    public int IdStart;

    public int IdLength;

    /// <summary>Where the source begins in the body.</summary>
    public int SourceStart;

    public int SourceLength;

    public ulong IdHash;

    /// <summary><c>@timestamp</c> in nanoseconds, or <see cref="Documents.Timestamps.None"/>.</summary>
    public long Timestamp;

    /// <summary>Where the document's keyword hashes lie in <see cref="IngestRequest.Keywords"/>.</summary>
    public int KeywordsStart;

    public int KeywordsLength;

    /// <summary>The operation is <c>index</c>: it replaces what is there. <c>create</c> otherwise.</summary>
    public bool Overwrite;

    public IngestOutcome Outcome;

    /// <summary>Its number in the index; with <see cref="IngestOutcome.Conflict"/> unset.</summary>
    public long Sequence;

    /// <summary>Of the document stored now, or with <see cref="IngestOutcome.Conflict"/> of the one in the way.</summary>
    public int Version;
}
