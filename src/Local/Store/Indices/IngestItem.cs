using LogPipeline.Local.Store.Files.Ids;

namespace LogPipeline.Local.Store.Indices;

/// <summary>One document on its way into an index, and what became of it.</summary>
internal struct IngestItem
{
    /// <summary>The field is not there.</summary>
    public const long NoNumber = -1;

    /// <summary>The field is there more than once, or is no number of bytes.</summary>
    public const long OddNumber = -2;

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

    /// <summary>Where <c>log.file.id</c> begins in the source.</summary>
    public int FileIdStart;

    /// <summary>0: there is none; <see cref="int.MaxValue"/>: not one that can be summed up.</summary>
    public int FileIdLength;

    /// <summary><c>log.offset</c>, or <see cref="NoNumber"/>, or <see cref="OddNumber"/>.</summary>
    public long LogOffset;

    /// <summary><c>log.length</c>, or <see cref="NoNumber"/>, or <see cref="OddNumber"/>.</summary>
    public long LogLength;

    /// <summary>The operation is <c>index</c>: it replaces what is there. <c>create</c> otherwise.</summary>
    public bool Overwrite;

    public IngestOutcome Outcome;

    /// <summary>Its number in the index; with <see cref="IngestOutcome.Conflict"/> unset.</summary>
    public long Sequence;

    /// <summary>Of the document stored now, or with <see cref="IngestOutcome.Conflict"/> of the one in the way.</summary>
    public int Version;
}
