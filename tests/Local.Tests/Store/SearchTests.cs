using System.Net;
using System.Text;
using System.Text.Json;

namespace LogPipeline.Tests.Store;

public sealed class SearchTests
{
    [Theory]
    [InlineData("""{"query_string":{"query":"body:(timeout AND NOT refused)"}}""", "a")]
    [InlineData("""{"query_string":{"query":"timeout AND refused"}}""", "b")]
    [InlineData("""{"query_string":{"query":"severity.text:ERROR OR attributes.fields.user:anna"}}""", "b,c")]
    [InlineData("""{"query_string":{"query":"\"timeout for cart\""}}""", "a")]
    [InlineData("""{"query_string":{"query":"resource.k8s.pod.name:cart-*"}}""", "a,b")]
    [InlineData("""{"query_string":{"query":"attributes.log.offset:[10 TO 20}"}}""", "b")]
    [InlineData("""{"query_string":{"query":"attributes.log.offset:>=20"}}""", "c")]
    [InlineData("""{"query_string":{"query":"_exists_:attributes.fields"}}""", "c")]
    [InlineData("""{"query_string":{"query":"NullPointer*"}}""", "")]
    [InlineData("""{"query_string":{"query":"*NullPointer*"}}""", "c")]
    [InlineData("""{"simple_query_string":{"query":"timeout -refused","fields":["body"],"default_operator":"and"}}""", "a")]
    [InlineData("""{"simple_query_string":{"query":"(cart | java.lang.NullPointerException)","fields":["body"]}}""", "a,c")]
    [InlineData("""{"match":{"body":{"query":"TIMEOUT refused","operator":"and"}}}""", "b")]
    [InlineData("""{"match":{"tenant":"t1"}}""", "a,b")]
    [InlineData("""{"terms":{"tenant":["t2","t3"]}}""", "c")]
    [InlineData("""{"term":{"attributes.fields":"anna"}}""", "c")]
    [InlineData("""{"term":{"attributes.fields.deep.n":7}}""", "c")]
    [InlineData("""{"term":{"body":"münchen"}}""", "b")]
    [InlineData("""{"exists":{"field":"severity"}}""", "b,c")]
    [InlineData("""{"prefix":{"resource.k8s.pod.name":"cart-"}}""", "a,b")]
    [InlineData("""{"range":{"@timestamp":{"gte":"now-15m"}}}""", "c")]
    [InlineData("""{"range":{"@timestamp":{"gte":"2026-11-20T10:00:00Z","lt":"2026-11-20T10:00:01Z"}}}""", "a,b")]
    [InlineData("""{"range":{"@timestamp":{"gte":1795168800001,"format":"epoch_millis"}}}""", "b,c")]
    [InlineData("""{"range":{"severity.number":{"gte":17}}}""", "b")]
    [InlineData("""{"bool":{"filter":[{"term":{"tenant":"t1"}}],"must_not":[{"match":{"body":"refused"}}]}}""", "a")]
    [InlineData("""{"bool":{"should":[{"term":{"tenant":"t1"}},{"match":{"body":"timeout"}},{"exists":{"field":"severity"}}],"minimum_should_match":3}}""", "b")]
    [InlineData("""{"ids":{"values":["a","z"]}}""", "a")]
    public async Task A_query_finds_its_documents(string query, string expected)
    {
        await using StoreServer server = await StoreServer.StartAsync(clock: new FixedClock(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero)));
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        await server.BulkAsync("""
            {"create":{"_index":"logs-t1-2026.11.20","_id":"a"}}
            {"@timestamp":"2026-11-20T10:00:00.000000001Z","body":"request timeout for cart #1","tenant":"t1","resource":{"k8s.pod.name":"cart-1"},"attributes":{"log.offset":0}}
            {"create":{"_index":"logs-t1-2026.11.20","_id":"b"}}
            {"@timestamp":"2026-11-20T10:00:00.123456789Z","body":"timeout, connection refused in M\u00fcnchen","tenant":"t1","severity":{"text":"ERROR","number":17},"resource":{"k8s.pod.name":"cart-2"},"attributes":{"log.offset":10}}
            {"create":{"_index":"logs-t2-2026.11.20","_id":"c"}}
            {"@timestamp":"2026-11-20T11:59:00.000000000Z","body":"java.lang.NullPointerException\n\tat x","tenant":"t2","severity":{"text":"WARN","number":13},"resource":{"k8s.pod.name":"web-1"},"attributes":{"log.offset":20,"fields":{"user":"anna","deep":{"n":7}}}}

            """);
        Assert.Equal(expected, string.Join(',', await server.IdsAsync("logs-*", $$"""{"query":{{query}},"sort":[{"@timestamp":"asc"}]}""")));
    }

    [Fact]
    public async Task Pages_by_search_after_hold_every_document_once_in_either_order()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        for (int i = 0; i < 10; i++) await server.BulkAsync(StoreDocuments.Bulk($"logs-{i % 3}", (9 - i) * 300, 300));
        // A block that spans everything: it is first in either order and fills the hits before the blocks that hold better ones.
        var wide = new StringBuilder();
        foreach (int number in new[] { 3000, -1 }) StoreDocuments.Append(wide, "logs-0", number);
        await server.BulkAsync(wide.ToString());
        foreach (string order in new[] { "asc", "desc" })
        {
            var seen = new List<string>();
            string after = "";
            while (true)
            {
                JsonElement answer = await server.SearchAsync("logs-*", $$"""{"size":170,"track_total_hits":false,"_source":false,"sort":[{"@timestamp":"{{order}}"},{"attributes.log.sequence":"{{order}}"}]{{after}}}""");
                JsonElement[] hits = [.. answer.GetProperty("hits").GetProperty("hits").EnumerateArray()];
                if (hits.Length == 0) break;
                seen.AddRange(hits.Select(hit => hit.GetProperty("_id").GetString()!));
                after = ",\"search_after\":" + hits[^1].GetProperty("sort").GetRawText();
            }

            string[] expected = [.. Enumerable.Range(-1, 3002).Select(StoreDocuments.Id)];
            if (order == "desc") Array.Reverse(expected);
            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task Blocks_that_are_left_out_hold_no_match()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 6000));
        foreach ((string query, int expected) in new[]
        {
            ("""{"term":{"tenant":"tenant-3"}}""", 1000), ("""{"term":{"resource.k8s.pod.name":"cart-7"}}""", 500), ("""{"term":{"attributes.log.sequence":"00000-1795190020-000000000012300"}}""", 1),
            ("""{"range":{"@timestamp":{"gte":"2026-11-20T10:00:01Z","lt":"2026-11-20T10:00:02Z"}}}""", 1000), ("""{"match_all":{}}""", 6000), ("""{"term":{"tenant":"nobody"}}""", 0),
            ("""{"bool":{"must_not":[{"term":{"tenant":"tenant-3"}}]}}""", 5000),
        })
        {
            (HttpStatusCode status, JsonElement answer) = await server.SendAsync("POST", "logs-*/_count", $$"""{"query":{{query}}}""");
            Assert.Equal((HttpStatusCode.OK, expected), (status, answer.GetProperty("count").GetInt32()));
        }
    }

    [Fact]
    public async Task Bytes_are_counted_and_summed_per_file_and_range_as_the_audit_does()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 1000));
        JsonElement answer = await server.SearchAsync("logs-*", """
            {"size":0,"aggs":{"f":{"terms":{"field":"attributes.log.file.id","size":10000},"aggs":{"r":{"histogram":{"field":"attributes.log.offset","interval":30000,"min_doc_count":1},
            "aggs":{"s":{"sum":{"field":"attributes.log.length"}}}}}}}}
            """);
        JsonElement files = answer.GetProperty("aggregations").GetProperty("f").GetProperty("buckets");
        Assert.Equal(2, files.GetArrayLength());
        JsonElement[] ranges = [.. files[0].GetProperty("r").GetProperty("buckets").EnumerateArray()];
        Assert.Equal([(0.0, 300, 30000.0), (30000.0, 200, 20000.0)], ranges.Select(range => (range.GetProperty("key").GetDouble(), range.GetProperty("doc_count").GetInt32(), range.GetProperty("s").GetProperty("value").GetDouble())));
    }

    [Fact]
    public async Task A_composite_aggregation_can_be_paged_through()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 3000));
        int documents = 0, buckets = 0;
        string after = "";
        while (true)
        {
            JsonElement page = (await server.SearchAsync("logs-*", """
                {"size":0,"aggs":{"c":{"composite":{"size":4AFTER,"sources":[{"f":{"terms":{"field":"attributes.log.file.id"}}},{"o":{"histogram":{"field":"attributes.log.offset","interval":16384}}}]}}}}
                """.Replace("AFTER", after, StringComparison.Ordinal))).GetProperty("aggregations").GetProperty("c");
            if (page.GetProperty("buckets").GetArrayLength() == 0) break;
            buckets += page.GetProperty("buckets").GetArrayLength();
            documents += page.GetProperty("buckets").EnumerateArray().Sum(bucket => bucket.GetProperty("doc_count").GetInt32());
            after = ",\"after\":" + page.GetProperty("after_key").GetRawText();
        }

        Assert.Equal(3000, documents);
        Assert.True(buckets > 4);
    }

    [Fact]
    public async Task Both_forms_of_the_prefix_answer_with_the_stores_own_name()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        foreach (string path in new[] { "", "/" })
        {
            string text = await server.Client.GetStringAsync(new Uri(server.Client.BaseAddress!.ToString().TrimEnd('/') + path));
            Assert.Contains("\"distribution\":\"opensearch\",\"number\":\"2.19.0\"", text, StringComparison.Ordinal);
            Assert.Contains("embedded store", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_body_claimed_gzip_that_is_none_is_refused()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Client.BaseAddress!, "_bulk")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("{}\n")) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-ndjson");
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
