using System.Net.Http.Headers;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Indexing.Connections;

namespace LogPipeline.Local.Running.Setup;

/// <summary>Puts the saved objects into OpenSearch Dashboards, over those of the same ids. It takes the store's credentials.</summary>
/// <param name="address">Base address, path prefix included.</param>
/// <param name="store">Credentials and authorities.</param>
internal sealed class DashboardsSetup(Uri address, StoreOptions store)
{
    /// <returns>What was done, or why it was not; a sentence.</returns>
    /// <param name="pattern">The indices that are shown.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<(bool Done, string What)> PutAsync(string pattern, CancellationToken stop)
    {
        using var client = new HttpClient(StoreConnection.CreateHandler(store));
        client.DefaultRequestHeaders.Authorization = new StoreCredentials(store).Header;
        client.DefaultRequestHeaders.Add("osd-xsrf", "true");
        using var file = new ByteArrayContent(SavedObjects.Render(pattern));
        file.Headers.ContentType = new MediaTypeHeaderValue("application/ndjson");
        using var form = new MultipartFormDataContent { { file, "file", "log-pipeline.ndjson" } };
        var target = new Uri(address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"), "api/saved_objects/_import?overwrite=true");
        try
        {
            using HttpResponseMessage answer = await client.PostAsync(target, form, stop);
            string body = await answer.Content.ReadAsStringAsync(stop);
            if (!answer.IsSuccessStatusCode) return (false, $"dashboards: HTTP {(int)answer.StatusCode} {body[..Math.Min(body.Length, 200)].ReplaceLineEndings(" ")}".TrimEnd());
            using JsonDocument said = JsonDocument.Parse(body);
            return said.RootElement.TryGetProperty("success", out JsonElement success) && success.ValueKind == JsonValueKind.True
                ? (true, $"dashboards: index pattern {pattern}, a search, a dashboard")
                : (false, $"dashboards: not all was taken: {body[..Math.Min(body.Length, 200)].ReplaceLineEndings(" ")}");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return (false, $"dashboards: {target.Host} does not answer as OpenSearch Dashboards does: {e.Message}");
        }
    }
}
