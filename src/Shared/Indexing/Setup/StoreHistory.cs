using System.Text.Json;
using LogPipeline.Indexing.Connections;

namespace LogPipeline.Indexing.Setup;

/// <summary>
/// Whether the store has anything that this host sent before. Where it has, and the ledger does not know a file that is older than the ledger, a ledger
/// may have been lost, and what the file holds is looked up before it is sent.
/// </summary>
public sealed class StoreHistory(StoreConnection store, string indexTemplate, string host)
{
    /// <summary>One question, to be asked once the store is ready. A store that does not say is taken for one that has.</summary>
    public async Task<bool> HasAnyAsync(CancellationToken cancellationToken)
    {
        string path = $"{IndexTemplates.PatternOf(indexTemplate)}/_count?ignore_unavailable=true&terminate_after=1";
        using StoreAnswer answer = await store.SendAsync(HttpMethod.Post, path, Question(), cancellationToken).ConfigureAwait(false);
        if (answer.Status != 200) return answer.Status != 404;
        try
        {
            using JsonDocument counted = JsonDocument.Parse(answer.Body.ToArray());
            return counted.RootElement.TryGetProperty("count", out JsonElement count) && count.GetInt64() > 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false; // not a store that counts: nothing can be looked up in it either
        }
    }

    private byte[] Question()
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartObject("query");
            json.WriteStartObject("term");
            json.WriteString("resource.host.name", host);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return body.ToArray();
    }
}
