using System.Net;
using System.Text;

namespace LogPipeline.Tests.Indexing;

/// <summary>A request as a store sees it.</summary>
internal sealed record StoreRequest(HttpMethod Method, Uri Address, string Body, string? Authorization)
{
    public bool IsBulk => Address.AbsolutePath.EndsWith("/_bulk", StringComparison.Ordinal);

    public bool IsMultiGet => Address.AbsolutePath.EndsWith("/_mget", StringComparison.Ordinal);

    /// <summary>The documents of a bulk request: index, id, source, whole action line.</summary>
    public List<(string Index, string Id, string Source, string Action)> Documents()
    {
        string[] lines = Body.Split('\n');
        List<(string, string, string, string)> documents = [];
        for (int i = 0; i + 1 < lines.Length; i += 2)
        {
            using var action = System.Text.Json.JsonDocument.Parse(lines[i]);
            var create = action.RootElement.GetProperty("create");
            documents.Add((create.GetProperty("_index").GetString()!, create.GetProperty("_id").GetString()!, lines[i + 1], lines[i]));
        }

        return documents;
    }

    /// <summary>The entries of a look-up.</summary>
    public List<(string Index, string Id)> LookUps()
    {
        using var body = System.Text.Json.JsonDocument.Parse(Body);
        return [.. body.RootElement.GetProperty("docs").EnumerateArray().Select(d => (d.GetProperty("_index").GetString()!, d.GetProperty("_id").GetString()!))];
    }
}

/// <summary>
/// What a store does with one request: an answer, a failure, or nothing until the caller gives up; some time after it came.
/// </summary>
internal sealed record StoreReply(int Status, string Body)
{
    public HttpRequestError? Error { get; init; }

    public bool Silent { get; init; }

    public TimeSpan Delay { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public static StoreReply Ok(string body) => new(200, body);

    public static StoreReply Closed { get; } = new(0, "") { Error = HttpRequestError.ResponseEnded };

    public static StoreReply Unreachable { get; } = new(0, "") { Error = HttpRequestError.ConnectionError };

    public static StoreReply Nothing { get; } = new(0, "") { Silent = true };

    public static StoreReply Created(int count) =>
        Ok("{\"took\":1,\"errors\":false,\"items\":[" + string.Join(',', Enumerable.Repeat("{\"create\":{\"status\":201}}", count)) + "]}");

    public static StoreReply Items(params (int Status, string? Type)[] items) =>
        Ok("{\"took\":1,\"errors\":true,\"items\":[" + string.Join(',', items.Select(i => $"{{\"create\":{{\"status\":{i.Status}{(i.Type is null ? "" : $",\"error\":{{\"type\":\"{i.Type}\",\"reason\":\"because\"}}")}}}}}")) + "]}");
}

/// <summary>Answers requests by a function, in virtual time and on the caller's thread.</summary>
internal sealed class ScriptedStore(VirtualTime time, Func<StoreRequest, StoreReply> script) : HttpMessageHandler
{
    public List<StoreRequest> Requests { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : Encoding.UTF8.GetString(await request.Content.ReadAsByteArrayAsync(CancellationToken.None).ConfigureAwait(false));
        StoreRequest seen = new(request.Method, request.RequestUri!, body, request.Headers.Authorization?.ToString());
        Requests.Add(seen);
        StoreReply reply = script(seen);
        TaskCompletionSource<HttpResponseMessage> answered = new();
        using CancellationTokenRegistration cancelled = cancellationToken.Register(() => answered.TrySetCanceled(cancellationToken));
        if (!reply.Silent && reply.Delay > TimeSpan.Zero) time.After(reply.Delay, Answer);
        else if (!reply.Silent) Answer();
        return await answered.Task.ConfigureAwait(false);

        void Answer()
        {
            if (reply.Error is { } error)
            {
                answered.TrySetException(new HttpRequestException(error, "scripted"));
                return;
            }

            HttpResponseMessage response = new((HttpStatusCode)reply.Status) { Content = new StringContent(reply.Body) };
            if (reply.RetryAfter is { } after) response.Headers.RetryAfter = new(after);
            answered.TrySetResult(response);
        }
    }
}
