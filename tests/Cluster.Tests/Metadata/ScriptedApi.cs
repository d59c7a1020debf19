using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Metadata;

/// <summary>
/// The part of the Kubernetes API that a node uses, as a recorded server of 1.32 was seen to behave: lists, watches with bookmarks, 410 as an event of a watch. The test says
/// what there is and what goes wrong.
/// </summary>
internal sealed class ScriptedApi : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Kind, JsonObject Value)> _objects = [];
    private readonly List<(long Version, string Kind, string Line)> _events = [];
    private readonly List<string> _requests = [];
    private readonly WebApplication _app;
    private CancellationTokenSource _watches = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 100, _oldest;
    private bool _endsInOrder;

    private ScriptedApi(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>Every request so far, path and query.</summary>
    public string[] Requests
    {
        get { lock (_gate) return [.. _requests]; }
    }

    /// <summary>What is answered instead; null: what was asked for.</summary>
    public int? Refuses { get; set; }

    /// <summary>Takes requests over: true when it has answered.</summary>
    public Func<HttpContext, Task<bool>>? Plays { get; set; }

    /// <summary>The tokens that requests came with.</summary>
    public ConcurrentDictionary<string, bool> Tokens { get; } = [];

    /// <param name="port">0: any free one.</param>
    /// <param name="address">Of this machine.</param>
    /// <param name="certificate">Null without TLS.</param>
    public static async Task<ScriptedApi> StartAsync(int port = 0, string address = "127.0.0.1", X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Parse(address), port, listen =>
            {
                if (certificate is not null) listen.UseHttps(certificate);
            });
        });
        WebApplication app = builder.Build();
        var api = new ScriptedApi(app);
        app.Run(api.AnswerAsync);
        await app.StartAsync();
        api.Url = app.Urls.First();
        return api;
    }

    /// <summary>A kubeconfig file that leads to a server.</summary>
    /// <param name="url">The server's.</param>
    /// <param name="path">Where the file is written.</param>
    /// <param name="authority">Who has signed the server's certificate, as PEM; null without TLS.</param>
    public static string Kubeconfig(string url, string path, string? authority = null)
    {
        string trust = authority is null ? "" : $", certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(authority))}";
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            clusters: [{ name: c, cluster: { server: "{{url}}"{{trust}} } }]
            users: [{ name: u, user: { token: t } }]
            contexts: [{ name: x, context: { cluster: c, user: u } }]
            current-context: x

            """);
        return path;
    }

    /// <summary>An object is made, or changed.</summary>
    public void Put(JsonObject value)
    {
        lock (_gate)
        {
            JsonObject versioned = ApiObjects.WithVersion(value, ++_version);
            string key = KeyOf(value), type = _objects.ContainsKey(key) ? "MODIFIED" : "ADDED";
            _objects[key] = (Kind(value), versioned);
            _events.Add((_version, Kind(value), Line(type, versioned)));
            Wake();
        }
    }

    public void Delete(JsonObject value)
    {
        lock (_gate)
        {
            _objects.Remove(KeyOf(value));
            _events.Add((++_version, Kind(value), Line("DELETED", ApiObjects.WithVersion(value, _version))));
            Wake();
        }
    }

    /// <summary>Nothing has changed, but the version has: as it does every minute.</summary>
    public void Bookmark(string kind)
    {
        lock (_gate)
        {
            var bookmark = new JsonObject { ["kind"] = kind, ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["creationTimestamp"] = null }, ["spec"] = new JsonObject { ["containers"] = null }, ["status"] = new JsonObject() };
            _events.Add((++_version, kind, Line("BOOKMARK", ApiObjects.WithVersion(bookmark, _version))));
            Wake();
        }
    }

    /// <summary>An object whose text makes no sense.</summary>
    public void PutUnreadable(string kind)
    {
        lock (_gate)
        {
            _events.Add((++_version, kind, $"{{\"type\":\"ADDED\",\"object\":{{\"kind\":\"{kind}\",\"metadata\":{{\"resourceVersion\":\"{_version}\",\"labels\":7}}}}}}\n"));
            Wake();
        }
    }

    /// <summary>Ends all watches: in good order, as at their timeout, or in the middle of a line.</summary>
    public void EndWatches(bool inOrder)
    {
        lock (_gate)
        {
            _endsInOrder = inOrder;
            _watches.Cancel();
            _watches = new CancellationTokenSource();
        }
    }

    /// <summary>What has happened so far is forgotten: watches from there get 410.</summary>
    public void Compact()
    {
        lock (_gate) _oldest = ++_version;
    }

    public async ValueTask DisposeAsync()
    {
        EndWatches(inOrder: false);
        await _app.DisposeAsync();
    }

    private static string Kind(JsonObject value) => (string)value["kind"]!;

    private static string KeyOf(JsonObject value) => $"{Kind(value)}/{value["metadata"]!["namespace"]}/{value["metadata"]!["name"]}";

    private static string Line(string type, JsonObject value) => new JsonObject { ["type"] = type, ["object"] = value.DeepClone() }.ToJsonString() + "\n";

    private void Wake()
    {
        _changed.SetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private async Task AnswerAsync(HttpContext exchange)
    {
        string request = exchange.Request.Path + exchange.Request.QueryString;
        Tokens[exchange.Request.Headers.Authorization.ToString()] = true;
        lock (_gate) _requests.Add(request);
        if (Plays is { } plays && await plays(exchange)) return;
        if (Refuses is { } status)
        {
            exchange.Response.StatusCode = status;
            await exchange.Response.WriteAsync("""{"kind":"Status","apiVersion":"v1","status":"Failure"}""");
            return;
        }
        string kind = exchange.Request.Path.Value!.EndsWith("pods", StringComparison.Ordinal) ? "Pod" : "Namespace";
        exchange.Response.ContentType = "application/json";
        if (exchange.Request.Query["watch"] != "true") await exchange.Response.WriteAsync(List(kind));
        else await WatchAsync(exchange, kind, long.Parse(exchange.Request.Query["resourceVersion"]!, CultureInfo.InvariantCulture));
    }

    private string List(string kind)
    {
        lock (_gate)
        {
            var items = new JsonArray([.. _objects.Values.Where(known => known.Kind == kind).Select(known => known.Value.DeepClone())]);
            return new JsonObject
            {
                ["kind"] = kind + "List", ["apiVersion"] = "v1", ["metadata"] = new JsonObject { ["resourceVersion"] = _version.ToString(CultureInfo.InvariantCulture) }, ["items"] = items,
            }.ToJsonString();
        }
    }

    private async Task WatchAsync(HttpContext exchange, string kind, long version)
    {
        CancellationToken ended;
        lock (_gate) ended = _watches.Token;
        await exchange.Response.Body.FlushAsync(CancellationToken.None);
        while (true)
        {
            string[] lines;
            Task changed;
            lock (_gate)
            {
                if (version < _oldest)
                {
                    lines = ["""{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version","reason":"Expired","code":410}}""" + "\n"];
                    changed = Task.FromCanceled(new CancellationToken(canceled: true));
                }
                else
                {
                    lines = [.. _events.Where(happened => happened.Version > version && happened.Kind == kind).Select(happened => happened.Line)];
                    (version, changed) = (_version, _changed.Task);
                }
            }
            foreach (string line in lines) await exchange.Response.WriteAsync(line, CancellationToken.None);
            await exchange.Response.Body.FlushAsync(CancellationToken.None);
            try
            {
                await changed.WaitAsync(ended);
            }
            catch (OperationCanceledException)
            {
                if (!ended.IsCancellationRequested || _endsInOrder) return;
                await exchange.Response.WriteAsync("""{"type":"ADDED","object":{"kind":"P""", CancellationToken.None);
                await exchange.Response.Body.FlushAsync(CancellationToken.None);
                exchange.Abort();
                return;
            }
        }
    }
}
