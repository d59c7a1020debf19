using LogPipeline.Indexing;
using LogPipeline.Sources;
using LogPipeline.Configuration;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search;
using LogPipeline.Local.Store.Http;
using LogPipeline.Local.Store;
using LogPipeline.Local.Web.Status;
using LogPipeline.Local.Web;
using LogPipeline.Tests.Search;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace LogPipeline.Tests.Web;

/// <summary>A browser, and the page before an embedded store that holds what <see cref="ShopLogs"/> says. One for all tests of a class.</summary>
public sealed class PageFixture : IAsyncLifetime
{
    private readonly Browser _browser = new();
    private readonly HttpClient _http = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("logpage").FullName;
    private WebApplication? _app;
    private EmbeddedStore? _store;

    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    public ShopLogs Logs { get; } = new(DateTimeOffset.UtcNow);

    public async ValueTask InitializeAsync()
    {
        await _browser.InitializeAsync();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.UseLoopbackGuard("127.0.0.1:0");
        _app.Urls.Add("http://127.0.0.1:0");
        _store = EmbeddedStore.Open(_directory, new EmbeddedStoreOptions(), TimeProvider.System);
        _app.MapEmbeddedStore("/opensearch", _store);
        _app.MapLogPage(() => new LogSearch(_http, new StoreAddresses(Store), TimeSpan.FromSeconds(30)), new FixedStatus(), TimeProvider.System);
        await _app.StartAsync();
        Address = new Uri(_app.Urls.First() + "/");
        Store = new Uri(Address, "opensearch/");
        await StoredLine.PutTemplateAsync(_http, Store);
        await StoreAsync([.. Logs.All]);
    }

    private Uri Store { get; set; } = new("http://127.0.0.1/");

    internal Task StoreAsync(params StoredLine[] lines) => StoredLine.StoreAsync(_http, Store, lines);

    /// <summary>A window that shows a path of the page. Whatever the page's scripts throw, and what its policy blocks, fails the test at <see cref="PageWindow.DisposeAsync"/>.</summary>
    internal async Task<PageWindow> OpenAsync(string path, ColorScheme scheme = ColorScheme.Light, int width = 1440)
    {
        IPage page = await _browser.OpenAsync(scheme, width);
        var window = new PageWindow(page);
        await page.GotoAsync(new Uri(Address, path).ToString());
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
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

    private sealed class FixedStatus : IPipelineStatus
    {
        public PipelineStatus Snapshot() => new()
        {
            Version = "1.2.3",
            StartedAt = DateTimeOffset.UtcNow.AddHours(-2),
            StoreUrl = "embedded",
            ListenAddress = "127.0.0.1:5080",
            RecordsPerSecond = 120,
            BytesPerSecond = 24_000,
            StoredRecords = 1234,
            Retries = 7,
            DeadLetters = 2,
            BacklogBytes = 4096,
            HeldTenants = [new HeldTenant("billing", "The store answers 403.")],
            UnreadableFiles = [new UnreadableFile("/var/log/audit.log", "Add the user to the group adm.")],
            Files = [new FileStatus("/var/log/pods/shop/app/0.log", "default", 10_000, 5_904, 4096, "reading", 8192), new FileStatus("/var/log/syslog", "default", 500, 500, 0, "idle", 500)],
        };
    }
}
