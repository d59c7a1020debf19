using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Storing;

/// <summary>
/// An HTTP proxy between a pipeline and a <see cref="StoreProcess"/>: delays, refuses, loses, repeats, cuts and alters, and knows nothing of what the
/// store makes of it. Faults befall <c>_bulk</c> and <c>_mget</c>; refused credentials befall everything.
/// </summary>
internal sealed class FaultyProxy : IStoreFront, IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly StoreProcess _store;
    private readonly ProxyFaults _faults;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
    private readonly List<Task> _late = [];
    private long _refusedUntil;
    private HeldRequest? _held;
    private int _bulkRequests;

    private FaultyProxy(WebApplication app, StoreProcess store, ProxyFaults faults) => (_app, _store, _faults) = (app, store, faults);

    public string Url => _app.Urls.First();

    public int BulkRequests => Volatile.Read(ref _bulkRequests);

    public static async Task<FaultyProxy> StartAsync(StoreProcess store, ProxyFaults faults)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var proxy = new FaultyProxy(app, store, faults);
        app.Run(proxy.AnswerAsync);
        await app.StartAsync();
        return proxy;
    }

    public Task HoldAsync(int requests, bool stored)
    {
        var held = new HeldRequest(BulkRequests + requests, stored);
        Volatile.Write(ref _held, held);
        return held.Come.Task;
    }

    public void HoldNone() => Volatile.Write(ref _held, null);

    public Task CrashAsync() => _store.CrashAsync();

    /// <summary>Completes when everything that is late has reached the store.</summary>
    public Task QuiesceAsync()
    {
        lock (_late) return Task.WhenAll(_late);
    }

    public async ValueTask DisposeAsync()
    {
        using (var now = new CancellationTokenSource(TimeSpan.Zero)) await _app.StopAsync(now.Token);
        await QuiesceAsync();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = new ProxiedRequest(context.Request.Method, context.Request.Path + context.Request.QueryString, await ReadAsync(context.Request), context.Request.ContentType);
        bool bulk = context.Request.Path == "/_bulk";
        if (bulk && await HoldAsync(context, request)) return;
        ProxyFault fault = bulk || context.Request.Path == "/_mget" ? _faults.Next(bulk) : ProxyFault.None;
        if (fault == ProxyFault.Unauthorized) Volatile.Write(ref _refusedUntil, Environment.TickCount64 + (long)_faults.NextWhile().TotalMilliseconds);
        if (Environment.TickCount64 < Volatile.Read(ref _refusedUntil)) fault = ProxyFault.Unauthorized;
        await PauseAsync(_faults.NextDelay());
        await AnswerAsync(context, request, fault);
    }

    private async Task AnswerAsync(HttpContext context, ProxiedRequest request, ProxyFault fault)
    {
        switch (fault)
        {
            case ProxyFault.TooManyRequests:
                await AnswerAsync(context, 429, """{"error":{"type":"circuit_breaking_exception","reason":"[parent] Data too large"},"status":429}"""u8.ToArray());
                return;
            case ProxyFault.Unavailable:
                await AnswerAsync(context, 503, Encoding.ASCII.GetBytes("<html><body>503 Service Unavailable</body></html>"));
                return;
            case ProxyFault.Unauthorized:
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"OpenSearch Security\"";
                await AnswerAsync(context, 401, []);
                return;
            case ProxyFault.CloseBefore:
                context.Abort();
                return;
            case ProxyFault.Late:
                context.Abort();
                lock (_late) _late.Add(ForwardLateAsync(request));
                return;
        }
        if (fault == ProxyFault.Twice) await ForwardAsync(request);
        (int Status, byte[] Body)? answer = fault == ProxyFault.SomeItems ? await ForwardSomeAsync(request) : await ForwardAsync(request);
        await PauseAsync(_faults.NextDelay());
        if (answer is not var (status, body) || fault == ProxyFault.CloseAfter) context.Abort();
        else if (status != 200) await AnswerAsync(context, status, body);
        else await AnswerAsync(context, fault, body);
    }

    private async Task<(int Status, byte[] Body)?> ForwardSomeAsync(ProxiedRequest request)
    {
        (byte[] rest, int[] refused) = ProxiedBulk.Split(request.Body, _faults);
        if (rest.Length == 0) return (200, ProxiedBulk.Merge(null, refused));
        return await ForwardAsync(request with { Body = rest }) is not var (status, body) ? null : status == 200 ? (status, ProxiedBulk.Merge(body, refused)) : (status, body);
    }

    private async Task AnswerAsync(HttpContext context, ProxyFault fault, byte[] body)
    {
        if (fault == ProxyFault.DropItem) body = ProxiedBulk.Drop(body, _faults);
        if (fault == ProxyFault.CutAnswer) body = body[..(body.Length / 2)];
        if (fault == ProxyFault.TornAnswer)
        {
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }
        await AnswerAsync(context, 200, body);
    }

    // The answer never comes; the sender is killed meanwhile. What was on its way arrives all the same, at times.
    private async Task<bool> HoldAsync(HttpContext context, ProxiedRequest request)
    {
        int number = Interlocked.Increment(ref _bulkRequests);
        if (Volatile.Read(ref _held) is not { } held || number != held.Number) return false;
        if (held.Stored) await ForwardAsync(request);
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        held.Come.TrySetResult();
        await gone.Task;
        if (!held.Stored && _faults.NextOf(2) == 0) lock (_late) _late.Add(ForwardLateAsync(request));
        return true;
    }

    private async Task ForwardLateAsync(ProxiedRequest request)
    {
        await PauseAsync(_faults.NextWhile());
        await ForwardAsync(request);
    }

    // Null when the store is not there, or dies of it.
    private async Task<(int Status, byte[] Body)?> ForwardAsync(ProxiedRequest request)
    {
        if (_store.Address is not { } store) return null;
        try
        {
            using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(store, request.Path.TrimStart('/')));
            if (request.Body.Length > 0)
            {
                message.Content = new ByteArrayContent(request.Body);
                message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
            }
            using HttpResponseMessage answer = await _http.SendAsync(message);
            return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static async Task PauseAsync(TimeSpan pause)
    {
        if (pause == TimeSpan.Zero) return;
        using var timer = new PeriodicTimer(pause);
        await timer.WaitForNextTickAsync();
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private static Task AnswerAsync(HttpContext context, int status, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = body.Length;
        if (body.Length > 0) context.Response.ContentType = body[0] == '<' ? "text/html" : "application/json; charset=UTF-8";
        return body.Length == 0 ? Task.CompletedTask : context.Response.Body.WriteAsync(body).AsTask();
    }

    private sealed record ProxiedRequest(string Method, string Path, byte[] Body, string? ContentType);

    private sealed record HeldRequest(int Number, bool Stored)
    {
        public TaskCompletionSource Come { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
