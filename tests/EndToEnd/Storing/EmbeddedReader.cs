using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace LogPipeline.Tests.Storing;

/// <summary>Reads every document of the embedded store over its HTTP API, page by page.</summary>
internal static class EmbeddedReader
{
    private const int PageSize = 1000;

    /// <param name="page">Where the pipeline listens.</param>
    public static async Task<List<StoredDocument>> ReadAsync(Uri page)
    {
        using var http = new HttpClient();
        var documents = new List<StoredDocument>();
        string after = "";
        while (true)
        {
            string query = $$"""{ "size": {{PageSize}}, "sort": [{"@timestamp": "asc"}, {"attributes.log.file.id": "asc"}, {"attributes.log.offset": "asc"}]{{after}} }""";
            using var content = new StringContent(query, Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await http.PostAsync(new Uri(page, "/opensearch/logs-*,deadletter-*/_search"), content);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            JsonElement[] hits = [.. (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("hits").GetProperty("hits").EnumerateArray()];
            documents.AddRange(hits.Select(hit => StoredDocument.Parse(hit.GetProperty("_index").GetString()!, hit.GetProperty("_id").GetString()!, hit.GetProperty("_source"))));
            if (hits.Length < PageSize) return documents;
            after = ",\"search_after\":" + hits[^1].GetProperty("sort").GetRawText();
        }
    }
}
