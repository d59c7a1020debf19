using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace LogPipeline.Local.Search.Connections;

/// <summary>
/// Asks the store over HTTP and turns everything that can go wrong into a <see cref="SearchFailure"/>. An address that cannot be reached
/// is passed over for the next. The client's own headers carry credentials.
/// </summary>
internal sealed class StoreClient(HttpClient http, StoreAddresses addresses, TimeSpan timeout)
{
    // An answer is read whole before it is parsed; 64 MiB hold a page of records of the largest size that the pipeline stores.
    private const long MaxAnswerBytes = 64L << 20;

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <summary>
    /// The answer, which the caller disposes; one without a document stands for a missing index or document (404). The
    /// <paramref name="cancellation"/> of the caller is thrown; no answer within <paramref name="patience"/>, or else the client's
    /// timeout, is a failure.
    /// </summary>
    public async Task<SearchOutcome<StoreAnswer>> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation, TimeSpan? patience = null)
    {
        TimeSpan allowed = patience ?? timeout;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(allowed);
        SearchFailure? unreachable = null;
        foreach (Uri address in addresses.InTurn())
        {
            SearchOutcome<StoreAnswer> outcome = await SendAsync(address, method, path, body, allowed, limit.Token, cancellation);
            if (outcome.Failure is not { Kind: SearchFailureKind.Unreachable } failure)
            {
                addresses.Answered(address);
                return outcome;
            }

            unreachable = failure;
        }

        return unreachable!;
    }

    private async Task<SearchOutcome<StoreAnswer>> SendAsync(Uri baseAddress, HttpMethod method, string path, ReadOnlyMemory<byte> body, TimeSpan allowed, CancellationToken limit, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(baseAddress, path));
            if (!body.IsEmpty)
            {
                request.Content = new ReadOnlyMemoryContent(body);
                request.Content.Headers.ContentType = Json;
            }

            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, limit);
            byte[] answer = await response.Content.ReadAsByteArrayAsync(limit);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return new StoreAnswer(null);
            }

            return response.IsSuccessStatusCode ? new StoreAnswer(JsonDocument.Parse(answer)) : Refusal(baseAddress, response.StatusCode, answer);
        }
        catch (OperationCanceledException) when (!limit.IsCancellationRequested)
        {
            return new SearchFailure(SearchFailureKind.Unreachable, $"The store at {baseAddress} cannot be reached: it does not take the connection.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new SearchFailure(SearchFailureKind.TimedOut, $"The store at {baseAddress} did not answer within {allowed.TotalSeconds:0.#} s. A shorter time range or fewer wildcards need less.");
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new SearchFailure(SearchFailureKind.Refused, TooLarge);
        }
        catch (HttpRequestException e)
        {
            return new SearchFailure(SearchFailureKind.Unreachable, $"The store at {baseAddress} cannot be reached: {e.Message}");
        }
        catch (IOException e)
        {
            return new SearchFailure(SearchFailureKind.Unreachable, $"The store at {baseAddress} broke off its answer: {e.Message}");
        }
        catch (JsonException)
        {
            return new SearchFailure(SearchFailureKind.Refused, $"What answers at {baseAddress} is not OpenSearch: its answer is not JSON.");
        }
    }

    /// <summary>The message of the failure for an answer beyond what is read; fewer records may fit.</summary>
    public const string TooLarge = "The records of this page are larger than 64 MiB together.";

    private static SearchFailure Refusal(Uri baseAddress, HttpStatusCode status, byte[] answer)
    {
        string reason = status switch
        {
            HttpStatusCode.Unauthorized => "it wants other credentials",
            HttpStatusCode.Forbidden => "the user may not read there",
            _ => "it gave no reason",
        };
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            reason = ReasonOf(document.RootElement) ?? reason;
        }
        catch (JsonException)
        {
            // 401 and 413 have an empty body, proxies answer HTML: the status says enough.
        }

        return new SearchFailure(SearchFailureKind.Refused, $"The store at {baseAddress} answered {(int)status}: {reason}.");
    }

    private static string? ReasonOf(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("error", out JsonElement error))
        {
            return null;
        }

        if (error.ValueKind == JsonValueKind.String)
        {
            return error.GetString();
        }

        // "all shards failed" says nothing; the cause of the first shard does.
        if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("root_cause", out JsonElement causes)
            && causes.ValueKind == JsonValueKind.Array && causes.GetArrayLength() > 0)
        {
            error = causes[0];
        }

        return error.ValueKind == JsonValueKind.Object && error.TryGetProperty("reason", out JsonElement reason) ? reason.GetString() : null;
    }
}
