using System.Net;
using System.Text.Json;

namespace LogPipeline.Tests.Store;

public sealed class BulkTests
{
    [Fact]
    public async Task A_created_document_is_found_at_once_and_conflicts_when_sent_again()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        const string Body = """
            {"create":{"_index":"logs-a","_id":"1"}}
            {"@timestamp":"2026-11-20T10:00:00.123456789Z","body":"payment timed out","tenant":"t"}

            """;
        JsonElement first = await server.BulkAsync(Body);
        Assert.Equal(201, first.GetProperty("items")[0].GetProperty("create").GetProperty("status").GetInt32());
        JsonElement second = await server.BulkAsync(Body);
        Assert.Equal(409, second.GetProperty("items")[0].GetProperty("create").GetProperty("status").GetInt32());
        Assert.Equal(["1"], await server.IdsAsync("logs-*", """{"query":{"match":{"body":"TIMED"}},"sort":[{"@timestamp":"desc"}]}"""));
        (HttpStatusCode status, JsonElement document) = await server.SendAsync("GET", "logs-a/_doc/1");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("t", document.GetProperty("_source").GetProperty("tenant").GetString());
    }
}
