using System.Text;
using System.Text.Json;

namespace LogPipeline.Tests.Store;

/// <summary>Searches over blocks in random order, size and state give what looking at every document gives.</summary>
public sealed class ReferenceSearchTests
{
    [Fact]
    public async Task Random_searches_agree_with_looking_at_every_document()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        var documents = new List<(int Number, string Tenant, string Pod)>();
        for (int bulk = 0; bulk < 30; bulk++)
        {
            var body = new StringBuilder();
            int first = random.Next(20_000), count = random.Next(1, 400);
            for (int i = 0; i < count; i++)
            {
                int number = random.Next(4) == 0 ? random.Next(20_000) : first + i;
                if (documents.Any(document => document.Number == number)) continue;
                documents.Add((number, $"tenant-{number / 1000 % 5}", $"cart-{number / 500 % 20}"));
                StoreDocuments.Append(body, $"logs-{number % 3}", number);
            }

            if (body.Length > 0) Assert.False((await server.BulkAsync(body.ToString())).GetProperty("errors").GetBoolean());
            if (random.Next(3) == 0) await server.Store.SealAsync(server.Store.Indices.ElementAt(random.Next(server.Store.Indices.Count())).Name);
        }

        for (int i = 0; i < 150; i++)
        {
            string tenant = $"tenant-{random.Next(6)}", pod = $"cart-{random.Next(21)}";
            int from = random.Next(20_000), to = from + random.Next(8_000), size = random.Next(1, 300), after = random.Next(-1, 20_000);
            bool byTenant = random.Next(2) == 0, byPod = random.Next(3) == 0, byTime = random.Next(2) == 0, descending = random.Next(2) == 0, paged = random.Next(2) == 0, counts = random.Next(2) == 0;
            var filters = new List<string>();
            if (byTenant) filters.Add($$$"""{"term":{"tenant":"{{{tenant}}}"}}""");
            if (byPod) filters.Add($$$"""{"terms":{"resource.k8s.pod.name":["{{{pod}}}","nobody"]}}""");
            if (byTime) filters.Add("{\"range\":{\"@timestamp\":{\"gte\":\"" + Iso(from) + "\",\"lt\":\"" + Iso(to) + "\"}}}");
            string order = descending ? "desc" : "asc";
            string page = paged ? ",\"search_after\":[\"" + Iso(after) + "\"]" : "", tracked = counts ? "true" : "false";
            string body = $$$"""
                {"size":{{{size}}},"track_total_hits":{{{tracked}}},"_source":false,"sort":[{"@timestamp":"{{{order}}}"}]{{{page}}},
                "query":{"bool":{"filter":[{{{string.Join(',', filters)}}}]} } }
                """;
            var matching = documents
                .Where(document => (!byTenant || document.Tenant == tenant) && (!byPod || document.Pod == pod) && (!byTime || document.Number >= from && document.Number < to))
                .OrderBy(document => descending ? -document.Number : document.Number).ToList();
            string[] expected = [.. matching.Where(document => !paged || (descending ? document.Number < after : document.Number > after)).Take(size).Select(document => StoreDocuments.Id(document.Number))];
            JsonElement hits = (await server.SearchAsync("logs-*", body)).GetProperty("hits");
            string[] found = [.. hits.GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("_id").GetString()!)];
            Assert.True(expected.SequenceEqual(found), $"seed {seed}: {body} gave {found.Length} hits instead of {expected.Length}");
            if (counts) Assert.Equal(matching.Count, hits.GetProperty("total").GetProperty("value").GetInt32());
        }
    }

    private static string Iso(int number) => StoreDocuments.Time(number).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
