using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Storing;

/// <summary>
/// The part of OpenSearch's REST API that a log shipper uses, over a <see cref="ModelStore"/>, with faults. Written from the recorded answers of a
/// real server, without a line of the product.
/// </summary>
internal sealed class StoreServer : IStoreFront, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ModelStore _store;
    private readonly StoreFaults _faults;
    private HeldRequest? _held;
    private int _bulkRequests, _garbage;

    private StoreServer(WebApplication app, ModelStore store, StoreFaults faults) => (_app, _store, _faults) = (app, store, faults);

    public string Url => _app.Urls.First();

    /// <summary>Requests of <c>_bulk</c> received.</summary>
    public int BulkRequests => Volatile.Read(ref _bulkRequests);

    /// <summary>Requests answered with <see cref="StoreFaults.Garbage"/>.</summary>
    public int GarbageAnswers => Volatile.Read(ref _garbage);

    /// <param name="store">What is stored.</param>
    /// <param name="faults">What goes wrong.</param>
    /// <param name="port">0: any free one.</param>
    /// <param name="address">Of this machine.</param>
    public static async Task<StoreServer> StartAsync(ModelStore store, StoreFaults faults, int port = 0, string address = "127.0.0.1")
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        WebApplication app = builder.Build();
        app.Urls.Add($"http://{address}:{port}");
        var server = new StoreServer(app, store, faults);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public Task HoldAsync(int requests, bool stored)
    {
        var held = new HeldRequest(BulkRequests + requests, stored);
        Volatile.Write(ref _held, held);
        return held.Come.Task;
    }

    public void HoldNone() => Volatile.Write(ref _held, null);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path.Value!;
        if (_faults.Authorization is { } wanted && request.Headers.Authorization != wanted)
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"OpenSearch Security\"";
            return;
        }
        if (_faults.Garbage)
        {
            Interlocked.Increment(ref _garbage);
            await AnswerAsync(context, 200, "<html><body>It works!</body></html>");
            return;
        }
        Task answer = (request.Method, path) switch
        {
            ("GET", "/") => AnswerAsync(context, 200, """{"name":"model","cluster_name":"model","version":{"distribution":"opensearch","number":"2.11.0"},"tagline":"The OpenSearch Project: https://opensearch.org/"}"""),
            ("POST", "/_bulk") => BulkAsync(context),
            ("POST", "/_mget") => MultiGetAsync(context),
            ("POST", _) when path.EndsWith("/_count", StringComparison.Ordinal) => AnswerAsync(context, 200, $$"""{"count":{{_store.Count}}}"""),
            ("PUT", _) when path.StartsWith("/_index_template/", StringComparison.Ordinal) => AnswerAsync(context, 200, """{"acknowledged":true}"""),
            ("GET", _) when path.StartsWith("/_index_template/", StringComparison.Ordinal) => AnswerAsync(context, 404, Error(404, "resource_not_found_exception", "index template matching [x] not found")),
            ("GET", _) when path.Contains("/_settings", StringComparison.Ordinal) => AnswerAsync(context, 200, "{}"),
            _ => AnswerAsync(context, 400, Error(400, "illegal_argument_exception", $"no handler found for uri [{path}] and method [{request.Method}]")),
        };
        await answer;
    }

    private async Task BulkAsync(HttpContext context)
    {
        byte[] body = await ReadAsync(context.Request);
        int number = Interlocked.Increment(ref _bulkRequests);
        HeldRequest? held = Volatile.Read(ref _held);
        if (held is not null && number == held.Number)
        {
            if (held.Stored) Store(body, RequestFault.None);
            held.Come.TrySetResult();
            await GoneAsync(context);
            // What was on its way arrives all the same, at times.
            if (!held.Stored && _faults.NextBool()) Store(body, RequestFault.None);
            return;
        }
        RequestFault fault = _faults.NextRequest();
        if (_faults.NextDelay() is { Ticks: > 0 } delay)
        {
            using var pause = new PeriodicTimer(delay);
            await pause.WaitForNextTickAsync();
        }
        if (await RefuseAsync(context, fault)) return;
        string items = Store(body, fault);
        if (fault == RequestFault.CloseAfter) context.Abort();
        else await AnswerAsync(context, 200, fault == RequestFault.CutAnswer ? items[..(items.Length / 2)] : items);
    }

    // Completes when the connection is closed.
    private static Task GoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    }

    private static async Task<bool> RefuseAsync(HttpContext context, RequestFault fault)
    {
        switch (fault)
        {
            case RequestFault.TooManyRequests:
                await AnswerAsync(context, 429, Error(429, "circuit_breaking_exception", "[parent] Data too large"));
                return true;
            case RequestFault.Unavailable:
                await AnswerAsync(context, 503, Error(503, "cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];"));
                return true;
            case RequestFault.CloseBefore:
                context.Abort();
                return true;
            default:
                return false;
        }
    }

    // Stores what may be, and writes the answer. Neither is needed of a body whose action lines are no JSON: a real store refuses such whole.
    private string Store(byte[] body, RequestFault fault)
    {
        var answer = new StringBuilder();
        bool errors = false;
        int dropped = fault == RequestFault.DropItem ? 0 : -1, item = 0;
        ReadOnlySpan<byte> rest = body;
        while (!rest.IsEmpty)
        {
            using JsonDocument action = JsonDocument.Parse(TakeLine(ref rest).ToArray());
            ReadOnlySpan<byte> source = TakeLine(ref rest);
            JsonElement create = action.RootElement.GetProperty("create");
            string index = create.GetProperty("_index").GetString()!, id = create.GetProperty("_id").GetString()!;
            int status = fault == RequestFault.SomeItems ? _faults.NextItem() : 0;
            string error = status == 429 ? Cause("rejected_execution_exception", "rejected execution of coordinating operation") : Cause("unavailable_shards_exception", "primary shard is not active");
            if (status == 0 && _faults.Blocked(index)) (status, error) = (403, Cause("cluster_block_exception", $"index [{index}] blocked by: [FORBIDDEN/8/index write (api)];"));
            if (status == 0 && _faults.Refused(index, id)) (status, error) = (400, Cause("mapper_parsing_exception", $"failed to parse field [attributes.fields.user] of type [long] in document with id '{id}'"));
            if (status == 0 && _store.TryCreate(index, id, source)) status = 201;
            if (status == 0) (status, error) = (409, Cause("version_conflict_engine_exception", $"[{id}]: version conflict, document already exists (current version [1])"));
            errors |= status != 201;
            if (item++ == dropped) continue;
            answer.Append(answer.Length > 0 ? "," : "").Append("{\"create\":{\"status\":").Append(status).Append(status == 201 ? "" : ",\"error\":" + error).Append("}}");
        }
        return $"{{\"took\":1,\"errors\":{(errors ? "true" : "false")},\"items\":[{answer}]}}";
    }

    private async Task MultiGetAsync(HttpContext context)
    {
        byte[] body = await ReadAsync(context.Request);
        RequestFault fault = _faults.NextRequest();
        if (await RefuseAsync(context, fault)) return;
        var answer = new StringBuilder();
        using JsonDocument request = JsonDocument.Parse(body);
        foreach (JsonElement wanted in request.RootElement.GetProperty("docs").EnumerateArray())
        {
            string index = wanted.GetProperty("_index").GetString()!;
            byte[]? source = _store.Find(index, wanted.GetProperty("_id").GetString()!, out bool indexExists);
            answer.Append(answer.Length > 0 ? "," : "").Append(
                source is not null ? $"{{\"found\":true,\"_source\":{Included(source)}}}"
                : indexExists ? "{\"found\":false}"
                : $"{{\"error\":{Cause("index_not_found_exception", $"no such index [{index}]")}}}");
        }
        string docs = $"{{\"docs\":[{answer}]}}";
        if (fault == RequestFault.CloseAfter) context.Abort();
        else await AnswerAsync(context, 200, fault == RequestFault.CutAnswer ? docs[..(docs.Length / 2)] : docs);
    }

    // As _source_includes=attributes.log.length,@timestamp leaves it.
    private static string Included(byte[] source)
    {
        using JsonDocument document = JsonDocument.Parse(source);
        JsonElement root = document.RootElement;
        return $"{{\"@timestamp\":{root.GetProperty("@timestamp").GetRawText()},\"attributes\":{{\"log.length\":{root.GetProperty("attributes").GetProperty("log.length").GetRawText()}}}}}";
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = rest[..end];
        rest = rest[(end + 1)..];
        return line;
    }

    private static Task AnswerAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }

    private static string Cause(string type, string reason) => $"{{\"type\":\"{type}\",\"reason\":\"{JsonEncodedText.Encode(reason)}\"}}";

    private static string Error(int status, string type, string reason) => $"{{\"error\":{{\"root_cause\":[{Cause(type, reason)}],\"type\":\"{type}\",\"reason\":\"{JsonEncodedText.Encode(reason)}\"}},\"status\":{status}}}";

    private sealed record HeldRequest(int Number, bool Stored)
    {
        public TaskCompletionSource Come { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
