using System.Net;
using System.Text;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Local.Store;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace LogPipeline.Tests.Store;

/// <summary>A store in a directory of its own behind a real HTTP server, reached as the pipeline reaches it.</summary>
internal sealed class StoreServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly bool _ownsDirectory, _ownsStore;

    private StoreServer(WebApplication application, EmbeddedStore store, string directory, bool ownsDirectory, bool ownsStore, HttpClient client)
    {
        _application = application;
        _ownsDirectory = ownsDirectory;
        _ownsStore = ownsStore;
        Store = store;
        Directory = directory;
        Client = client;
    }

    public EmbeddedStore Store { get; }

    public string Directory { get; }

    public HttpClient Client { get; }

    public static async Task<StoreServer> StartAsync(string? directory = null, EmbeddedStoreOptions? options = null, TimeProvider? clock = null, StoreFiles? files = null, EmbeddedStore? store = null)
    {
        string path = directory ?? System.IO.Directory.CreateTempSubdirectory("store-test-").FullName;
        bool ownsStore = store is null;
        store ??= EmbeddedStore.Open(path, options ?? new EmbeddedStoreOptions(), clock ?? TimeProvider.System, null, files ?? new StoreFiles());
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication application = builder.Build();
        application.MapEmbeddedStore("/opensearch", store);
        await application.StartAsync();
        var client = new HttpClient { BaseAddress = new Uri(application.Urls.First() + "/opensearch/") };
        return new StoreServer(application, store, path, directory is null, ownsStore, client);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(string method, string path, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Client.BaseAddress!, path.TrimStart('/')));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using HttpResponseMessage response = await Client.SendAsync(request);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync();
        if (bytes.Length == 0 || response.Content.Headers.ContentType?.MediaType != "application/json") return (response.StatusCode, default);
        using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 256 });
        return (response.StatusCode, document.RootElement.Clone());
    }

    public async Task<JsonElement> BulkAsync(string body, string path = "_bulk")
    {
        (HttpStatusCode status, JsonElement answer) = await SendAsync("POST", path, body, "application/x-ndjson");
        Assert.Equal(HttpStatusCode.OK, status);
        return answer;
    }

    public async Task<JsonElement> SearchAsync(string index, string body)
    {
        (HttpStatusCode status, JsonElement answer) = await SendAsync("POST", $"{index}/_search", body);
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
        return answer;
    }

    /// <summary>The ids of a search's hits, in order.</summary>
    public async Task<string[]> IdsAsync(string index, string body) =>
        [.. (await SearchAsync(index, body)).GetProperty("hits").GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("_id").GetString()!)];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
        if (_ownsStore) await Store.DisposeAsync();
        if (_ownsDirectory) System.IO.Directory.Delete(Directory, recursive: true);
    }
}
