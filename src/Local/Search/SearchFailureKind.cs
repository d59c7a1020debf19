namespace LogPipeline.Local.Search;

/// <summary>Why a search has no answer.</summary>
public enum SearchFailureKind
{
    /// <summary>The question itself is wrong: a query that cannot be read, an unknown level, a cursor from elsewhere.</summary>
    BadQuestion,

    /// <summary>The one record that was asked for is not there.</summary>
    NotFound,

    /// <summary>No answer: connection refused, reset, TLS.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The store answered with an error, or with something that is not an answer.</summary>
    Refused,
}
