using System.Net;
using System.Text;

namespace LogPipeline.Tests.Store;

/// <summary>Requests with flipped, lost and doubled bytes are refused or understood; none breaks the store.</summary>
public sealed class MutatedRequestTests
{
    private static readonly string[] s_searches =
    [
        """{"size":5,"query":{"bool":{"must":[{"match":{"body":{"query":"timeout cart","operator":"and"}}}],"filter":[{"range":{"@timestamp":{"gte":"now-15m/d","lt":"2026-11-20||+1d"}}}],"should":[{"term":{"tenant":"x"}}],"minimum_should_match":"50%"}},"sort":[{"@timestamp":{"order":"desc","missing":"_last"}},"attributes.log.sequence"],"search_after":[1795168801189000000,"a"]}""",
        """{"query":{"query_string":{"query":"body:(a AND \"b c\") OR NOT d* +e -f attributes.log.offset:[1 TO 20} severity.number:>=9","default_operator":"and"}}}""",
        """{"query":{"simple_query_string":{"query":"\"a b\" | c* + (d -e)~2","fields":["body^2","tenant"]}},"_source":{"includes":["a*"],"excludes":["b"]}}""",
        """{"size":0,"aggs":{"t":{"date_histogram":{"field":"@timestamp","fixed_interval":"10s","time_zone":"+02:00","extended_bounds":{"min":"2026-11-20","max":"2026-11-20T00:10:00Z"}},"aggs":{"l":{"terms":{"field":"severity.text","size":3,"order":{"_key":"asc"}}}}},"h":{"histogram":{"field":"attributes.log.offset","interval":1000}},"c":{"composite":{"sources":[{"f":{"terms":{"field":"tenant"}}}],"after":{"f":"a"}}},"r":{"range":{"field":"severity.number","ranges":[{"to":9},{"from":9}]}}}}""",
        """{"ids":["a",1],"docs":[{"_id":"x","_index":"logs-a","_source":["a"]}]}""",
    ];

    [Fact]
    public async Task Mutated_requests_are_answered_and_never_with_a_fault_of_the_store()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 50));
        byte[] bulk = Encoding.UTF8.GetBytes(StoreDocuments.Bulk("logs-a", 100, 2));
        for (int i = 0; i < 600; i++)
        {
            bool isBulk = random.Next(2) == 0;
            string search = s_searches[random.Next(s_searches.Length)];
            byte[] body = Mutate(isBulk ? bulk : Encoding.UTF8.GetBytes(search), random);
            string path = isBulk ? "_bulk" : search.StartsWith("{\"ids", StringComparison.Ordinal) ? "logs-a/_mget" : "logs-*/_search";
            using var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            using HttpResponseMessage response = await server.Client.PostAsync(new Uri(server.Client.BaseAddress!, path), content);
            string answer = await response.Content.ReadAsStringAsync();
            Assert.True(
                response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest || (int)response.StatusCode == 503 && answer.Contains("too_many_buckets", StringComparison.Ordinal),
                $"seed {seed}, {path}: {(int)response.StatusCode} {answer} for {Encoding.UTF8.GetString(body)}");
        }
    }

    private static byte[] Mutate(byte[] body, Random random)
    {
        var bytes = new List<byte>(body);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)));
                    break;
                case 3:
                    bytes[at] = (byte)"{}[]\":,\\0-9n"[random.Next(12)];
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(new[] { "null", "{}", "[]", "-1", "1e400", "\"\"", "true", "\\u0000" }[random.Next(8)]));
                    break;
            }

            if (bytes.Count == 0) bytes.Add((byte)'\n');
        }

        return [.. bytes];
    }
}
