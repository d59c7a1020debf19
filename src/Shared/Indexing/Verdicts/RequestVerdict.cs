namespace LogPipeline.Indexing.Verdicts;

/// <summary>What the answer to a whole <c>_bulk</c> or <c>_mget</c> request means.</summary>
public enum RequestVerdict : byte
{
    /// <summary>The answer speaks of each document.</summary>
    ReadItems,

    /// <summary>Nothing was taken, or nobody knows: send again.</summary>
    Retry,

    /// <summary>Too large as a whole (413).</summary>
    TooLarge,

    /// <summary>Refused as a whole because of a document in it (400): halve to find it.</summary>
    Refused,

    /// <summary>Not taken until a person acts.</summary>
    Hold,

    /// <summary>The connection was closed without an answer: the network, or a document that the server dies of.</summary>
    Closed,

    /// <summary>No answer within the time of one request.</summary>
    TimedOut,

    /// <summary>An answer that cannot be read, or does not speak of every document: all are unknown.</summary>
    Unreadable,
}
