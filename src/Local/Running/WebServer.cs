using System.Net;
using System.Net.Sockets;
using LogPipeline.Configuration;
using LogPipeline.Local.Observability;
using LogPipeline.Local.Search;
using LogPipeline.Local.Store;
using LogPipeline.Local.Store.Http;
using LogPipeline.Local.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace LogPipeline.Local.Running;

/// <summary>The process's one listener: the page and its API, the metrics, and the embedded store under <see cref="StorePrefix"/>.</summary>
public sealed class WebServer : IAsyncDisposable
{
    public const string StorePrefix = "/opensearch";

    private readonly WebApplication _app;

    private WebServer(WebApplication app) => _app = app;

    /// <summary>Where it listens: <c>http://ADDRESS:PORT</c>.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts to listen. Throws <see cref="IOException"/> when the address cannot be had.</summary>
    /// <param name="listen"><c>ADDRESS:PORT</c>; port 0 is any free one.</param>
    /// <param name="map">Adds the endpoints.</param>
    public static async Task<WebServer> StartAsync(string listen, Action<WebApplication> map)
    {
        if (!ListenAddress.TryParse(listen, out IPEndPoint? endpoint)) throw new ArgumentException($"{listen} is no ADDRESS:PORT", nameof(listen));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(endpoint);
        });
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        app.UseLoopbackGuard(listen);
        app.UseRouting();
        map(app);
        try
        {
            await app.StartAsync();
        }
        catch (Exception refused) when (refused is IOException or SocketException or UnauthorizedAccessException)
        {
            await app.DisposeAsync();
            throw new IOException($"{listen} cannot be listened on: {Reason(refused)}; --listen ADDRESS:PORT (web.listen) takes another, with port 0 any that is free", refused);
        }
        return new WebServer(app);
    }

    /// <summary>Only the embedded store, on a free loopback port: for the commands that look at it while no pipeline runs.</summary>
    public static Task<WebServer> StartStoreAsync(EmbeddedStore store) => StartAsync("127.0.0.1:0", app => app.MapEmbeddedStore(StorePrefix, store));

    private static string Reason(Exception refused)
    {
        Exception innermost = refused.GetBaseException();
        return innermost is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } ? "another program has it, perhaps another pipeline" : innermost.Message;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
