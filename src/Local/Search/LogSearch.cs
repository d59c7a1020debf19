using System.Buffers;
using System.Text.Json;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Search;

/// <summary>
/// Searches stored logs in OpenSearch 1.x to 3.x, Elasticsearch 7.x and 8.x, or the embedded store. Every question has a time limit; an
/// index that does not exist has no records. Thread-safe.
/// </summary>
/// <param name="http">Carries credentials and TLS settings; its own timeout must be longer than <paramref name="timeout"/>. Not disposed.</param>
/// <param name="addresses">The store's, for example <c>http://127.0.0.1:5080/opensearch/</c>; for as long as they are the same, to be one instance.</param>
/// <param name="timeout">For one question, at the store and on the way.</param>
/// <param name="indexPattern">The indices searched.</param>
public sealed partial class LogSearch(HttpClient http, StoreAddresses addresses, TimeSpan timeout, string indexPattern = "logs-*")
{
    /// <summary>Records of a page at most.</summary>
    public const int MaxPageSize = 1000;

    private static readonly SearchValues<char> NotInAnIndexName = SearchValues.Create("*,?/\\<>|\"# :");

    private readonly StoreClient _store = new(http, addresses, timeout);

    /// <summary>
    /// One page of the records that match. <paramref name="size"/> is 1 to <see cref="MaxPageSize"/>; fewer come when their texts are
    /// very large. <paramref name="cursor"/> is the <see cref="LogResults.Next"/> of the page before, with the same filter and order.
    /// </summary>
    public async Task<SearchOutcome<LogResults>> SearchAsync(LogFilter filter, SearchOrder order, int size, string? cursor, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxPageSize);
        if (!TryParseQuery(filter, out QueryNode query, out SearchFailure? fault))
        {
            return fault!;
        }

        if (cursor is not null && !SearchCursor.IsValid(cursor))
        {
            return new SearchFailure(SearchFailureKind.BadQuestion, "This is not a place in a list of records. Search again from the start.");
        }

        while (true)
        {
            ReadOnlyMemory<byte> body = SearchBody.Create(timeout, size, json =>
            {
                json.WriteBoolean("track_total_hits", false);
                json.WritePropertyName("query");
                QueryDsl.Write(json, filter, query);
                SearchBody.WriteSortByTime(json, order);
                WriteSearchAfter(json, cursor);
            });
            SearchOutcome<StoreAnswer> outcome = await AskAsync(body, cancellation);
            if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure))
            {
                if (ReferenceEquals(failure.Message, StoreClient.TooLarge) && size > 1)
                {
                    size = Math.Max(1, size / 8);
                    continue;
                }

                return failure;
            }

            using (answer)
            {
                List<LogRecord> records = answer.Document is null ? [] : HitReader.ReadAll(answer.Document.RootElement);
                return new LogResults
                {
                    Records = records,
                    Next = records.Count == size ? records[^1].Cursor : null,
                    Incomplete = MissingPart(answer),
                };
            }
        }
    }

    /// <summary>How many records match, exactly.</summary>
    public async Task<SearchOutcome<LogCount>> CountAsync(LogFilter filter, CancellationToken cancellation)
    {
        if (!TryParseQuery(filter, out QueryNode query, out SearchFailure? fault))
        {
            return fault!;
        }

        ReadOnlyMemory<byte> body = SearchBody.Create(timeout, 0, json =>
        {
            json.WriteBoolean("track_total_hits", true);
            json.WritePropertyName("query");
            QueryDsl.Write(json, filter, query);
        });
        SearchOutcome<StoreAnswer> outcome = await AskAsync(body, cancellation);
        if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure))
        {
            return failure;
        }

        using (answer)
        {
            return new LogCount(TotalOf(answer));
        }
    }

    /// <summary>One record with all its fields.</summary>
    public async Task<SearchOutcome<LogDocument>> FindAsync(string index, string id, CancellationToken cancellation)
    {
        SearchOutcome<StoreAnswer> outcome = await GetDocumentAsync(index, id, cancellation);
        if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure))
        {
            return failure;
        }

        using (answer)
        {
            var fields = new List<DocumentField>();
            DocumentSource.Flatten(answer.Document!.RootElement.GetProperty("_source"), "", fields);
            return new LogDocument(HitReader.Read(answer.Document.RootElement, int.MaxValue), fields);
        }
    }

    private static bool TryParseQuery(LogFilter filter, out QueryNode query, out SearchFailure? fault)
    {
        fault = null;
        if (!QueryParser.TryParse(filter.Query, out query, out QuerySyntaxError? error))
        {
            fault = new SearchFailure(SearchFailureKind.BadQuestion, error!.Message, error.Position);
        }

        return fault is null;
    }

    private static void WriteSearchAfter(Utf8JsonWriter json, string? cursor)
    {
        if (cursor is not null)
        {
            json.WritePropertyName("search_after");
            json.WriteRawValue(cursor);
        }
    }

    private Task<SearchOutcome<StoreAnswer>> AskAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation, TimeSpan? patience = null) =>
        _store.SendAsync(HttpMethod.Post, indexPattern + "/_search?ignore_unavailable=true", body, cancellation, patience);

    private async Task<SearchOutcome<StoreAnswer>> GetDocumentAsync(string index, string id, CancellationToken cancellation)
    {
        if (!IsIndexName(index) || id.Length is 0 or > 512 || id is "." or "..")
        {
            return new SearchFailure(SearchFailureKind.BadQuestion, "This is not the address of a record.");
        }

        SearchOutcome<StoreAnswer> outcome = await _store.SendAsync(HttpMethod.Get, $"{Uri.EscapeDataString(index)}/_doc/{Uri.EscapeDataString(id)}", default, cancellation);
        if (outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure) && answer.Document is null)
        {
            return new SearchFailure(SearchFailureKind.NotFound, $"The record is no longer there: {index} does not have it. Retention may have deleted it.");
        }

        return outcome;
    }

    // One concrete index: no list, no wildcard, nothing that a URL would take for a step up.
    private static bool IsIndexName(string index) =>
        index.Length is > 0 and <= 255 && index[0] is not ('_' or '-' or '+')
        && index is not ("." or "..")
        && index.AsSpan().IndexOfAny(NotInAnIndexName) < 0;

    private static long TotalOf(StoreAnswer answer) =>
        answer.Document is { } document && document.RootElement.GetProperty("hits").TryGetProperty("total", out JsonElement total)
            ? total.GetProperty("value").GetInt64()
            : 0;

    private static string? MissingPart(StoreAnswer answer)
    {
        if (answer.Document is null)
        {
            return null;
        }

        JsonElement root = answer.Document.RootElement;
        if (root.TryGetProperty("timed_out", out JsonElement timedOut) && timedOut.ValueKind == JsonValueKind.True)
        {
            return "The store ran out of time: there may be more than this. A shorter time range needs less.";
        }

        return root.TryGetProperty("_shards", out JsonElement shards) && shards.TryGetProperty("failed", out JsonElement failed) && failed.GetInt32() > 0
            ? $"{failed.GetInt32()} of {shards.GetProperty("total").GetInt32()} shards did not answer: there may be more than this."
            : null;
    }
}
