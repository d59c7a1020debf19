using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Local.Store;

namespace LogPipeline.Tests.Store;

public sealed class RetentionTests
{
    [Fact]
    public async Task Past_the_bound_of_bytes_the_oldest_documents_go_first_and_are_counted()
    {
        string directory = Directory.CreateTempSubdirectory("store-retention-").FullName;
        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
            await server.BulkAsync(StoreDocuments.Bulk("logs-old", 0, 500));
            await server.BulkAsync(StoreDocuments.Bulk("logs-new", 5000, 500));
            foreach (string index in new[] { "logs-old", "logs-new" }) await server.Store.SealAsync(index);
            Assert.Equal(1000, server.Store.Statistics.Documents);
        }

        long bytes = Directory.EnumerateFiles(directory, "*.seg", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
        await using (EmbeddedStore store = EmbeddedStore.Open(directory, new EmbeddedStoreOptions { MaxBytes = bytes - 1 }, TimeProvider.System))
        {
            EmbeddedStoreStatistics statistics = store.Statistics;
            Assert.Equal((500, 500, 1), (statistics.Documents, statistics.ExpiredDocuments, statistics.ExpiredSegments));
            Assert.True(statistics.Bytes < bytes && statistics.ExpiredBytes > 0);
            Assert.NotNull(store.FindIndex("logs-new"));
            Assert.Null(store.FindIndex("logs-old"));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task An_index_whose_newest_document_is_too_old_goes_once_it_is_that_old_itself()
    {
        string directory = Directory.CreateTempSubdirectory("store-age-").FullName;
        await using (StoreServer server = await StoreServer.StartAsync(directory, clock: new FixedClock(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero))))
        {
            await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
            await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 10));
        }

        foreach ((int days, int expected) in new[] { (13, 10), (15, 0) })
        {
            var clock = new FixedClock(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero).AddDays(days));
            await using EmbeddedStore store = EmbeddedStore.Open(directory, new EmbeddedStoreOptions(), clock);
            Assert.Equal((expected, 10 - expected), (store.Statistics.Documents, store.Statistics.ExpiredDocuments));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task An_index_remembers_how_many_of_its_documents_were_deleted_by_size()
    {
        string directory = Directory.CreateTempSubdirectory("store-trimmed-").FullName;
        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
            // The second is too small beside the first to be merged with it.
            foreach ((int from, int count) in new[] { (0, 3000), (3000, 500) })
            {
                await server.BulkAsync(StoreDocuments.Bulk("logs-a", from, count));
                await server.Store.SealAsync("logs-a");
            }
        }

        long[] segments = [.. Directory.EnumerateFiles(directory, "*.seg", SearchOption.AllDirectories).Order().Select(path => new FileInfo(path).Length)];
        Assert.Equal(2, segments.Length);
        await EmbeddedStore.Open(directory, new EmbeddedStoreOptions { MaxBytes = segments.Sum() - 1 }, TimeProvider.System).DisposeAsync();
        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            (_, JsonElement indices) = await server.SendAsync("GET", "_cat/indices?format=json&h=index,docs.count,docs.expired");
            Assert.Equal("""[{"index":"logs-a","docs.count":"500","docs.expired":"3000"}]""", indices.GetRawText());
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Sealed_segments_find_every_id_again_after_a_restart()
    {
        string directory = Directory.CreateTempSubdirectory("store-sealed-").FullName;
        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 3000));
            await server.Store.SealAsync("logs-a");
            await server.BulkAsync(StoreDocuments.Bulk("logs-a", 3000, 10));
            await server.Store.SealAsync("logs-a");
        }

        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            JsonElement answer = await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 3011));
            int[] statuses = [.. answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("create").GetProperty("status").GetInt32())];
            Assert.Equal(3010, statuses.Count(status => status == 409));
            Assert.Equal(201, statuses[^1]);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Segments_of_single_lines_are_merged_and_a_crash_before_the_old_files_are_deleted_doubles_nothing()
    {
        string directory = Directory.CreateTempSubdirectory("store-merge-").FullName, copy = Directory.CreateTempSubdirectory("store-merge-").FullName;
        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
            var files = new Dictionary<string, byte[]>();
            for (int i = 0; i < 120; i++)
            {
                await server.BulkAsync(StoreDocuments.Bulk("logs-a", i, 1));
                if (i is not (29 or 59 or 119)) continue;
                foreach (string path in Directory.EnumerateFiles(directory, "*.seg", SearchOption.AllDirectories)) files[path] = await ReadAsync(path);
                await server.Store.SealAsync("logs-a");
            }

            Assert.Single(Directory.EnumerateFiles(directory, "*.seg", SearchOption.AllDirectories));
            Assert.Equal([StoreDocuments.Id(119), StoreDocuments.Id(118)], await server.IdsAsync("logs-a", """{"size":2,"query":{"term":{"resource.k8s.pod.name":"cart-0"}},"sort":[{"@timestamp":"desc"}]}"""));
            DurabilityTests.CopyDirectory(directory, copy);
            foreach ((string path, byte[] bytes) in files.Where(file => !File.Exists(file.Key))) await File.WriteAllBytesAsync(path.Replace(directory, copy, StringComparison.Ordinal), bytes);
            Assert.True(Directory.EnumerateFiles(copy, "*.seg", SearchOption.AllDirectories).Count() > 1);
        }

        await using (StoreServer server = await StoreServer.StartAsync(copy))
        {
            Assert.Equal(120, server.Store.Statistics.Documents);
            Assert.Equal(120, (await DurabilityTests.AllIdsAsync(server)).Count);
            JsonElement answer = await server.BulkAsync(StoreDocuments.Bulk("logs-a", 100, 40));
            Assert.Equal(20, answer.GetProperty("items").EnumerateArray().Count(item => item.GetProperty("create").GetProperty("status").GetInt32() == 409));
            Assert.Equal(140, server.Store.Statistics.Documents);
        }

        Directory.Delete(directory, recursive: true);
        Directory.Delete(copy, recursive: true);
    }

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
