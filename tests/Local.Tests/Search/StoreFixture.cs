using LogPipeline.Configuration;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search;
using LogPipeline.Local.Store;
using LogPipeline.Local.Store.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Search;

/// <summary>An embedded store over HTTP, with the mapping that the pipeline gives its indices. Each test keeps to a tenant of its own.</summary>
public sealed class StoreFixture : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("logsearch").FullName;
    private readonly HttpClient _http = new();
    private WebApplication? _app;
    private EmbeddedStore? _store;
    private int _tenants;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _store = EmbeddedStore.Open(_directory, new EmbeddedStoreOptions(), TimeProvider.System);
        _app.MapEmbeddedStore("/opensearch", _store);
        await _app.StartAsync();
        Address = new Uri(_app.Urls.First() + "/opensearch/");
        await StoredLine.PutTemplateAsync(_http, Address);
    }

    /// <summary>A search that sees the indices of one new tenant only.</summary>
    public LogSearch NewSearch(out string tenant)
    {
        tenant = $"t{Interlocked.Increment(ref _tenants)}";
        return new LogSearch(_http, new StoreAddresses(Address), TimeSpan.FromSeconds(30), $"logs-{tenant}-*");
    }

    internal Task StoreAsync(params StoredLine[] lines) => StoredLine.StoreAsync(_http, Address, lines);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _http.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
