using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search;
using LogPipeline.Local.Web;
using LogPipeline.Local.Web.Status;
using LogPipeline.Tests.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Web;

/// <summary>The page and its API on a free port of loopback, before a store that answers as a test says.</summary>
internal sealed class PageHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PageHost(WebApplication app, StubStore store, HttpClient client)
    {
        _app = app;
        Store = store;
        Client = client;
    }

    public StubStore Store { get; }

    public HttpClient Client { get; }

    public static async Task<PageHost> StartAsync(Func<HttpRequestMessage, HttpResponseMessage> answer, PipelineStatus? status = null, string listen = "127.0.0.1:5080")
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var store = new StubStore(answer);
        app.UseLoopbackGuard(listen);
        app.MapLogPage(() => new LogSearch(new HttpClient(store), new StoreAddresses(new Uri("http://store/")), TimeSpan.FromSeconds(30)), new FixedStatus(status ?? Status()), TimeProvider.System);
        await app.StartAsync();
        return new PageHost(app, store, new HttpClient { BaseAddress = new Uri(app.Urls.First()) });
    }

    public static PipelineStatus Status() =>
        new() { Version = "1.2.3", StartedAt = DateTimeOffset.UnixEpoch, StoreUrl = "http://store/", ListenAddress = "127.0.0.1:5080" };

    /// <summary>As a process that is told to end does: waits for the requests under way.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        Store.Dispose();
    }

    private sealed class FixedStatus(PipelineStatus status) : IPipelineStatus
    {
        public PipelineStatus Snapshot() => status;
    }
}
