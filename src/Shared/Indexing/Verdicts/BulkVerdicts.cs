using LogPipeline.Indexing.Connections;

namespace LogPipeline.Indexing.Verdicts;

/// <summary>
/// The meaning of the store's answers (ARCHITECTURE.md). Pure. The statuses and error types are those seen from OpenSearch 1.3 and
/// written in the sources of OpenSearch 2-3 and Elasticsearch 7-8.
/// </summary>
public static class BulkVerdicts
{
    /// <summary>The verdict on one document of an answer with status 200.</summary>
    /// <param name="status">Its <c>status</c>.</param>
    /// <param name="error">The raw JSON of its <c>error</c>, empty when there is none; read for a 400 only.</param>
    public static ItemVerdict OfItem(int status, ReadOnlySpan<byte> error) => status switch
    {
        >= 200 and < 300 => ItemVerdict.Stored,
        409 => ItemVerdict.Exists,
        408 or 429 or >= 500 => ItemVerdict.Retry,
        400 => OfBadRequest(StoreError.Parse(error)),
        413 => ItemVerdict.Refused,
        > 400 => ItemVerdict.Hold,
        _ => ItemVerdict.Retry,
    };

    /// <summary>The verdict on a whole request.</summary>
    public static RequestVerdict OfRequest(StoreAnswer answer) => answer.Failure switch
    {
        StoreFailure.None => OfStatus(answer.Status, answer.Body),
        StoreFailure.Closed => RequestVerdict.Closed,
        StoreFailure.TimedOut => RequestVerdict.TimedOut,
        StoreFailure.Truncated => RequestVerdict.Unreadable,
        _ => RequestVerdict.Retry,
    };

    private static RequestVerdict OfStatus(int status, ReadOnlySpan<byte> body) => status switch
    {
        200 => RequestVerdict.ReadItems,
        408 or 425 or 429 or >= 500 => RequestVerdict.Retry,
        413 => RequestVerdict.TooLarge,
        // A 400 that is not the store's own (a proxy's page) says nothing about a document.
        400 => OfBadRequest(StoreError.ParseBody(body)) switch
        {
            ItemVerdict.Retry => RequestVerdict.Retry,
            ItemVerdict.Refused when StoreError.ParseBody(body).Type.Length > 0 => RequestVerdict.Refused,
            _ => RequestVerdict.Hold,
        },
        // Another 2xx is no answer of _bulk; 3xx and 4xx want a person: the address, rights, the content type.
        >= 200 and < 300 => RequestVerdict.Unreadable,
        _ => RequestVerdict.Hold,
    };

    private static ItemVerdict OfBadRequest(StoreError error) => error.Type switch
    {
        // "this action would add [2] total shards, but this cluster currently has [14]/[1] maximum shards open"; Elasticsearch 8:
        // "maximum normal shards open". Goes away as soon as old indices do.
        "validation_exception" or "illegal_argument_exception" when error.Reason.Contains("shards open", StringComparison.Ordinal) => ItemVerdict.Retry,
        // Two requests created the same index at once.
        "resource_already_exists_exception" => ItemVerdict.Retry,
        // Both are about the index (its state, its creation by a template), not about the document.
        "index_closed_exception" or "validation_exception" => ItemVerdict.Hold,
        _ => ItemVerdict.Refused,
    };
}
