using System.Net.Http.Headers;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;
using OpenSearch.Client;
using OpenSearch.Net;
using HttpMethod = System.Net.Http.HttpMethod;

namespace LogPipeline.Aggregator.Setup;

/// <summary>
/// Requests that are not about documents, sent by OpenSearch.Client: over all of the store's addresses, of which one that failed is left out for a while; a request that gets
/// no answer, or 502, 503 or 504, goes on to the next. Credentials and TLS are the core's own. The client is made at the first request. Thread-safe.
/// </summary>
public sealed class OpenSearchRequests : IStoreRequests
{
    private readonly Uri[] _addresses;
    private readonly StoreCredentials _credentials;
    private readonly Lazy<OpenSearchClient> _client;

    /// <param name="addresses">Base addresses, path prefix included.</param>
    /// <param name="store">Credentials.</param>
    /// <param name="indexing">The time of one request.</param>
    /// <param name="handler">Makes what carries requests, again every few minutes: <see cref="StoreConnection.CreateHandler"/>, or a test's own.</param>
    public OpenSearchRequests(IEnumerable<Uri> addresses, StoreOptions store, IndexingOptions indexing, Func<HttpMessageHandler> handler)
    {
        _addresses = [.. addresses.Select(StoreEndpoint.BaseOf)];
        _credentials = new StoreCredentials(store);
        // A ping before an address is used (again) would only be one more request that may fail.
        _client = new(() => new OpenSearchClient(new ConnectionSettings(new StaticConnectionPool(_addresses), new Connection(_credentials, handler)).DisablePing().RequestTimeout(indexing.RequestTimeout)));
    }

    public IEnumerable<string> Names => _addresses.Select(StoreEndpoint.NameOf);

    /// <summary>After a 401 the credentials are read again and, if they changed, the request is sent once more.</summary>
    public async Task<StoreAnswer> SendAsync(HttpMethod method, string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        AuthenticationHeaderValue? used = _credentials.Header;
        StoreAnswer answer = await SendOnceAsync(method, path, json, cancellationToken).ConfigureAwait(false);
        if (answer.Status != 401) return answer;
        _credentials.Reload();
        if (Equals(used, _credentials.Header)) return answer;
        answer.Dispose();
        return await SendOnceAsync(method, path, json, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (_client.IsValueCreated) _client.Value.ConnectionSettings.Dispose();
    }

    private async Task<StoreAnswer> SendOnceAsync(HttpMethod method, string path, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        PostData? body = json.IsEmpty ? null : PostData.Bytes(json.ToArray());
        try
        {
            var verb = Enum.Parse<OpenSearch.Net.HttpMethod>(method.Method);
            (path, Query query) = Query.Of(path, verb);
            BytesResponse response = await _client.Value.LowLevel.DoRequestAsync<BytesResponse>(verb, path, cancellationToken, body, query).ConfigureAwait(false);
            return response.ApiCall.HttpStatusCode is { } status ? StoreAnswer.Answered(status, response.Body) : Failed(response.ApiCall.OriginalException, cancellationToken);
        }
        catch (UnexpectedOpenSearchClientException fault)
        {
            // Of an answer whose head has come, and whose body has not.
            return cancellationToken.IsCancellationRequested ? StoreAnswer.Failed(StoreFailure.Stopped, "stopped") : StoreAnswer.Failed(StoreFailure.Truncated, fault.InnerException?.Message ?? fault.Message);
        }
    }

    private static StoreAnswer Failed(Exception? fault, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return StoreAnswer.Failed(StoreFailure.Stopped, "stopped");
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException) return StoreAnswer.Failed(StoreConnection.FailureOf(cause), cause.InnerException?.Message ?? cause.Message);
            if (cause is OperationCanceledException) return StoreAnswer.Failed(StoreFailure.TimedOut, cause.Message);
        }
        return StoreAnswer.Failed(StoreFailure.Closed, fault?.Message ?? "no answer");
    }

    private sealed class Connection(StoreCredentials credentials, Func<HttpMessageHandler> handler) : HttpConnection
    {
        protected override HttpMessageHandler CreateHttpClientHandler(RequestData requestData) => handler();

        protected override void SetAuthenticationIfNeeded(HttpRequestMessage requestMessage, RequestData requestData) => requestMessage.Headers.Authorization = credentials.Header;
    }

    /// <summary>The client takes a path's query apart from it.</summary>
    private sealed class Query(OpenSearch.Net.HttpMethod method) : RequestParameters<Query>
    {
        public override OpenSearch.Net.HttpMethod DefaultHttpMethod => method;

        public override bool SupportsBody => true;

        public static (string Path, Query Query) Of(string path, OpenSearch.Net.HttpMethod method)
        {
            var query = new Query(method);
            if (path.Split('?') is not [var before, var behind]) return (path, query);
            foreach (string[] pair in behind.Split('&').Select(pair => pair.Split('='))) query.SetQueryString(pair[0], Uri.UnescapeDataString(pair[1]));
            return (before, query);
        }
    }
}
