namespace LogPipeline.Processing;

/// <summary>What one turn of a stream came to.</summary>
public enum ReadOutcome
{
    /// <summary>Something was read; there may be more.</summary>
    Progress,

    /// <summary>Everything that is on disk was read.</summary>
    AtEnd,

    /// <summary>Everything was read, but the verdict on a file that its writer left is still out: look again soon.</summary>
    LookAgainSoon,

    /// <summary>There is more, or may be, that cannot be read now: look again soon. What is pending may go on in it, however long it takes.</summary>
    NotYetReadable,

    /// <summary>Bytes that an earlier process may have sent are waiting for their verdict before more of them are read.</summary>
    AwaitingVerdict,
}
