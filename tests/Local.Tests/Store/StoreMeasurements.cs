using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LogPipeline.Configuration;

namespace LogPipeline.Tests.Store;

/// <summary>
/// The figures of docs/embedded-store.md. Not part of the suite: run with
/// <c>dotnet run -c Release --project tests/Local.Tests -- -class "*StoreMeasurements" -explicit only -showLiveOutput</c>.
/// </summary>
public sealed class StoreMeasurements(ITestOutputHelper output)
{
    private const int DocumentsPerBody = 4000;

    [Fact(Explicit = true)]
    public async Task One_gigabyte_of_bulk_bodies()
    {
        long target = long.Parse(Environment.GetEnvironmentVariable("STORE_MEASURED_BYTES") ?? "1000000000", CultureInfo.InvariantCulture);
        string bodies = Path.GetTempFileName();
        var lengths = new List<int>();
        int documents = 0;
        await using (var file = new FileStream(bodies, FileMode.Create))
        {
            while (file.Length < target)
            {
                byte[] body = Encoding.UTF8.GetBytes(StoreDocuments.Bulk("logs-tenant-2026.11.20", documents, DocumentsPerBody));
                lengths.Add(body.Length);
                documents += DocumentsPerBody;
                await file.WriteAsync(body);
            }
        }

        await using StoreServer server = await StoreServer.StartAsync(options: new EmbeddedStoreOptions { MaxBytes = 64L << 30 });
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        GC.Collect();
        long memoryBefore = ResidentBytes();
        var buffer = new byte[lengths.Max()];
        await using var input = new FileStream(bodies, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        TimeSpan cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        foreach (int length in lengths)
        {
            await input.ReadExactlyAsync(buffer.AsMemory(0, length));
            using var content = new ByteArrayContent(buffer, 0, length);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using HttpResponseMessage response = await server.Client.PostAsync(new Uri(server.Client.BaseAddress!, "_bulk?filter_path=errors,items.*.status"), content);
            byte[] answer = await response.Content.ReadAsByteArrayAsync();
            Assert.StartsWith("{\"errors\":false", Encoding.UTF8.GetString(answer, 0, Math.Min(20, answer.Length)), StringComparison.Ordinal);
        }

        double cpu = (Process.GetCurrentProcess().TotalProcessorTime - cpuBefore).TotalSeconds, megabytes = lengths.Sum(length => (long)length) / 1e6;
        Print($"ingest: {megabytes:0} MB, {documents} documents, {megabytes / watch.Elapsed.TotalSeconds:0} MB/s by the clock, {megabytes / cpu:0} MB per CPU second (client included)");
        Print($"memory: {(ResidentBytes() - memoryBefore) / 1e6:0} MB more than before; on disk {server.Store.Statistics.Bytes / 1e6:0} MB");
        string newest = StoreDocuments.Time(documents).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        await MeasureAsync(server, "last 100 lines of a tenant", """{"size":100,"track_total_hits":false,"query":{"bool":{"filter":[{"term":{"tenant":"tenant-3"}}]}},"sort":[{"@timestamp":"desc"},{"attributes.log.sequence":"desc"}]}""");
        await MeasureAsync(server, "a word in one document", $$$"""{"size":50,"track_total_hits":true,"query":{"match_phrase":{"body":"#{{{documents / 2}}}"}},"sort":[{"@timestamp":"desc"}]}""");
        await MeasureAsync(server, "a phrase in few, newest 50, all counted", """{"size":50,"track_total_hits":true,"query":{"match_phrase":{"body":"timeout connection refused"}},"sort":[{"@timestamp":"desc"}]}""");
        await MeasureAsync(server, "a word in many, newest 50, 10000 counted", """{"size":50,"query":{"match":{"body":"timeout"}},"sort":[{"@timestamp":"desc"}]}""");
        await MeasureAsync(server, "a word in many, all counted", """{"size":0,"track_total_hits":true,"query":{"match":{"body":"timeout"}}}""");
        await MeasureAsync(server, "level and pod", """{"size":50,"query":{"bool":{"filter":[{"term":{"severity.text":"ERROR"}},{"term":{"resource.k8s.pod.name":"cart-7"}}]}},"sort":[{"@timestamp":"desc"}]}""");
        await MeasureAsync(server, "histogram by level over everything", """{"size":0,"aggs":{"t":{"date_histogram":{"field":"@timestamp","fixed_interval":"30s"},"aggs":{"l":{"terms":{"field":"severity.text"}}}}}}""");
        await MeasureAsync(server, "histogram by level over a minute", """{"size":0,"query":{"range":{"@timestamp":{"gte":"NEWEST||-1m"}}},"aggs":{"t":{"date_histogram":{"field":"@timestamp","fixed_interval":"1s"},"aggs":{"l":{"terms":{"field":"severity.text"}}}}}}""".Replace("NEWEST", newest, StringComparison.Ordinal));
        await MeasureAsync(server, "audit of everything", """{"size":0,"aggs":{"f":{"terms":{"field":"attributes.log.file.id","size":10000},"aggs":{"r":{"histogram":{"field":"attributes.log.offset","interval":16777216,"min_doc_count":1},"aggs":{"s":{"sum":{"field":"attributes.log.length"}}}}}}}}""");
        var ids = new StringBuilder("{\"ids\":[");
        for (int i = 0; i < 1000; i++) ids.Append(i > 0 ? "," : "").Append('"').Append(StoreDocuments.Id(i * (documents / 1000))).Append('"');
        await MeasureAsync(server, "mget of 1000 ids all over", ids.Append("]}").ToString(), "logs-tenant-2026.11.20/_mget?_source=attributes.log.length");
        Print($"memory after queries: {(ResidentBytes() - memoryBefore) / 1e6:0} MB more than before");
        File.Delete(bodies);
    }

    private async Task MeasureAsync(StoreServer server, string name, string body, string path = "logs-*/_search")
    {
        double best = double.MaxValue;
        string result = "";
        for (int i = 0; i < 3; i++)
        {
            var watch = Stopwatch.StartNew();
            (_, JsonElement answer) = await server.SendAsync("POST", path, body);
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
            result = answer.TryGetProperty("hits", out JsonElement hits) ? hits.TryGetProperty("total", out JsonElement total) ? total.GetProperty("value").ToString() : hits.GetProperty("hits").GetArrayLength() + " hits" : "";
        }

        Print($"{name}: {best:0.0} ms ({result})");
    }

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static long ResidentBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
