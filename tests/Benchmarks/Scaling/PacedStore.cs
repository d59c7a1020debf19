using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Benchmarks.Scaling;

/// <summary>
/// What an aggregator asks of OpenSearch, at a bounded rate for each aggregator: so several store more than one, whatever the machine has to give. Each has an address of its own,
/// <c>/&lt;name&gt;/</c>. While the store takes nothing, it closes every connection without an answer.
/// </summary>
internal sealed class PacedStore : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly double _documentsPerSecond;
    private readonly ConcurrentDictionary<string, Pace> _paces = [];
    private volatile bool _takes = true;

    private PacedStore(WebApplication app, double documentsPerSecond) => (_app, _documentsPerSecond) = (app, documentsPerSecond);

    public LineAccount Lines { get; } = new();

    /// <summary>Whether it answers.</summary>
    public bool Takes
    {
        get => _takes;
        set => _takes = value;
    }

    /// <param name="documentsPerSecond">Of one aggregator.</param>
    public static async Task<PacedStore> StartAsync(double documentsPerSecond)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var store = new PacedStore(app, documentsPerSecond);
        app.Run(store.AnswerAsync);
        await app.StartAsync();
        return store;
    }

    /// <summary>The address for a member.</summary>
    public string UrlFor(string member) => $"{_app.Urls.First()}/{member}/";

    /// <summary>Documents that were stored for a member.</summary>
    public long StoredFor(string member) => _paces.TryGetValue(member, out Pace? pace) ? pace.Documents : 0;

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!_takes)
        {
            context.Abort();
            return;
        }
        string[] path = context.Request.Path.Value!.Split('/', 3);
        (string member, string what) = (path[1], path[2]);
        switch (what)
        {
            case "":
                await AnswerAsync(context, 200, """{"version":{"distribution":"opensearch","number":"2.19.0"}}""");
                return;
            case "_bulk":
                await BulkAsync(context, _paces.GetOrAdd(member, _ => new Pace(_documentsPerSecond)));
                return;
            case "_mget":
                await MultiGetAsync(context);
                return;
            case var _ when what.EndsWith("/_count", StringComparison.Ordinal):
                await AnswerAsync(context, 200, $$"""{"count":{{Lines.Distinct}}}""");
                return;
            case var _ when what.StartsWith("_index_template/", StringComparison.Ordinal):
                await AnswerAsync(context, context.Request.Method == "PUT" ? 200 : 404, """{"acknowledged":true}""");
                return;
            default:
                await AnswerAsync(context, 200, "{}");
                return;
        }
    }

    private async Task BulkAsync(HttpContext context, Pace pace)
    {
        byte[] body = await ReadAsync(context.Request);
        int documents = body.AsSpan().Count((byte)'\n') / 2;
        using (var done = new PeriodicTimer(pace.Take(Math.Max(documents, 1), Stopwatch.GetElapsedTime(0))))
        {
            await done.WaitForNextTickAsync(context.RequestAborted);
        }
        // What was under way when the store went is gone with it.
        if (!_takes)
        {
            context.Abort();
            return;
        }
        string answer = Store(body);
        pace.Stored(documents);
        await AnswerAsync(context, 200, answer);
    }

    private string Store(ReadOnlySpan<byte> rest)
    {
        var items = new StringBuilder();
        bool errors = false;
        while (!rest.IsEmpty)
        {
            using JsonDocument action = JsonDocument.Parse(TakeLine(ref rest).ToArray());
            JsonElement create = action.RootElement.GetProperty("create");
            bool created = Lines.TryCreate(create.GetProperty("_index").GetString()!, create.GetProperty("_id").GetString()!, TakeLine(ref rest));
            errors |= !created;
            items.Append(items.Length > 0 ? "," : "").Append(created ? """{"create":{"status":201}}""" : """{"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"document already exists"}}}""");
        }
        return $"{{\"took\":1,\"errors\":{(errors ? "true" : "false")},\"items\":[{items}]}}";
    }

    private async Task MultiGetAsync(HttpContext context)
    {
        using JsonDocument request = JsonDocument.Parse(await ReadAsync(context.Request));
        var docs = new StringBuilder();
        foreach (JsonElement wanted in request.RootElement.GetProperty("docs").EnumerateArray())
        {
            docs.Append(docs.Length > 0 ? "," : "");
            if (Lines.Find(wanted.GetProperty("_index").GetString()!, wanted.GetProperty("_id").GetString()!) is var (timestamp, length))
                docs.Append("{\"found\":true,\"_source\":{\"@timestamp\":\"").Append(timestamp).Append("\",\"attributes\":{\"log.length\":").Append(length).Append("}}}");
            else docs.Append("{\"found\":false}");
        }
        await AnswerAsync(context, 200, $"{{\"docs\":[{docs}]}}");
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream((int)(request.ContentLength ?? 0));
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
}
