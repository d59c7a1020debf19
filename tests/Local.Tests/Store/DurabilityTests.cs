using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Local.Store;

namespace LogPipeline.Tests.Store;

public sealed class DurabilityTests
{
    [Fact]
    public async Task What_was_acknowledged_survives_a_kill_at_any_moment()
    {
        const int Seed = 20261120;
        var random = new Random(Seed);
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        var acknowledged = new ConcurrentBag<int>();
        for (int round = 0; round < 4; round++)
        {
            int first = round * 3000;
            Task[] senders = [.. Enumerable.Range(0, 3).Select(sender => Task.Run(async () =>
            {
                for (int sent = 0; sent < 10; sent++)
                {
                    int from = first + (sender * 1000) + (sent * 100);
                    JsonElement answer = await server.BulkAsync(StoreDocuments.Bulk($"logs-{sender % 2}", from, 100));
                    Assert.False(answer.GetProperty("errors").GetBoolean());
                    for (int i = from; i < from + 100; i++) acknowledged.Add(i);
                }
            }))];
            // A killed process leaves the files as they are at that moment: a copy of them is what the next one finds.
            string copy = Directory.CreateTempSubdirectory("store-kill-").FullName;
            int moment = first + random.Next(100, 2500);
            SpinWait.SpinUntil(() => acknowledged.Count >= moment);
            int[] before = [.. acknowledged];
            CopyDirectory(server.Directory, copy);
            await Task.WhenAll(senders);
            await using (EmbeddedStore recovered = EmbeddedStore.Open(copy, new EmbeddedStoreOptions(), TimeProvider.System))
            {
                await using StoreServer second = await StoreServer.StartAsync(store: recovered, directory: copy);
                HashSet<string> found = await AllIdsAsync(second);
                string[] lost = [.. before.Select(StoreDocuments.Id).Where(id => !found.Contains(id))];
                Assert.True(lost.Length == 0, $"seed {Seed}, round {round}: {lost.Length} of {before.Length} acknowledged documents are gone");
            }

            Directory.Delete(copy, recursive: true);
        }

        Assert.Equal(acknowledged.Count, (await AllIdsAsync(server)).Count);
    }

    [Fact]
    public async Task A_torn_tail_is_cut_at_the_last_whole_block_wherever_it_is_torn()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 5));
        string segment = Directory.EnumerateFiles(server.Directory, "*.seg", SearchOption.AllDirectories).Single();
        long whole = new FileInfo(segment).Length;
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 5, 5));
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        for (int length = (int)whole; length < bytes.Length; length += 1 + (length % 7))
        {
            string copy = Directory.CreateTempSubdirectory("store-torn-").FullName;
            CopyDirectory(server.Directory, copy);
            await File.WriteAllBytesAsync(segment.Replace(server.Directory, copy, StringComparison.Ordinal), bytes[..length]);
            await using (EmbeddedStore recovered = EmbeddedStore.Open(copy, new EmbeddedStoreOptions(), TimeProvider.System))
            {
                Assert.Equal((5, 0), ((int)recovered.Statistics.Documents, (int)recovered.Statistics.DamagedSegments));
            }

            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public async Task A_damaged_segment_is_set_aside_and_everything_else_works()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        for (int i = 0; i < 4; i++) await server.BulkAsync(StoreDocuments.Bulk("logs-a", i * 10, 10));
        await server.BulkAsync(StoreDocuments.Bulk("logs-b", 100, 10));
        string copy = Directory.CreateTempSubdirectory("store-damaged-").FullName;
        CopyDirectory(server.Directory, copy);
        string segment = Directory.EnumerateFiles(Path.Combine(copy, "indices", "logs-a"), "*.seg").Single();
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        bytes[bytes.Length / 2] ^= 0x40;
        await File.WriteAllBytesAsync(segment, bytes);
        await using (EmbeddedStore recovered = EmbeddedStore.Open(copy, new EmbeddedStoreOptions(), TimeProvider.System))
        {
            Assert.Equal(1, recovered.Statistics.DamagedSegments);
            Assert.Equal(40, recovered.Statistics.Documents);
            Assert.True(File.Exists(segment + ".damaged"));
            await using StoreServer second = await StoreServer.StartAsync(store: recovered, directory: copy);
            Assert.Equal(10, (await second.SearchAsync("logs-b", """{"size":0}""")).GetProperty("hits").GetProperty("total").GetProperty("value").GetInt32());
            // What the damage took can be stored again; what it spared is still there.
            JsonElement answer = await second.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 40));
            int[] statuses = [.. answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("create").GetProperty("status").GetInt32())];
            Assert.Equal(10, statuses.Count(status => status == 201));
            Assert.Equal(30, statuses.Count(status => status == 409));
        }

        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public async Task A_block_that_is_damaged_while_the_store_runs_is_told_as_a_failed_shard()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 10));
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 10, 10));
        string segment = Directory.EnumerateFiles(server.Directory, "*.seg", SearchOption.AllDirectories).Single();
        using (var file = new FileStream(segment, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            file.Position = file.Length - 5;
            int old = file.ReadByte();
            file.Position--;
            file.WriteByte((byte)(old ^ 1));
        }

        JsonElement answer = await server.SearchAsync("logs-a", """{"size":100,"query":{"match":{"body":"#3 #13 cart"}}}""");
        Assert.Equal(1, answer.GetProperty("_shards").GetProperty("failed").GetInt32());
        Assert.All(answer.GetProperty("hits").GetProperty("hits").EnumerateArray(), hit => Assert.True(string.CompareOrdinal(hit.GetProperty("_id").GetString(), StoreDocuments.Id(10)) < 0));
    }

    [Fact]
    public async Task A_full_disk_is_answered_with_429_and_loses_nothing_that_was_acknowledged()
    {
        var files = new FailingStoreFiles();
        await using StoreServer server = await StoreServer.StartAsync(files: files);
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 10));
        files.IsFull = true;
        JsonElement refused = await server.BulkAsync(StoreDocuments.Bulk("logs-a", 5, 10));
        int[] statuses = [.. refused.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("create").GetProperty("status").GetInt32())];
        Assert.All(statuses, status => Assert.Equal(429, status));
        files.IsFull = false;
        JsonElement accepted = await server.BulkAsync(StoreDocuments.Bulk("logs-a", 5, 10));
        statuses = [.. accepted.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("create").GetProperty("status").GetInt32())];
        Assert.Equal([409, 409, 409, 409, 409, 201, 201, 201, 201, 201], statuses);
        string copy = Directory.CreateTempSubdirectory("store-full-").FullName;
        CopyDirectory(server.Directory, copy);
        await using (EmbeddedStore recovered = EmbeddedStore.Open(copy, new EmbeddedStoreOptions(), TimeProvider.System)) Assert.Equal(15, recovered.Statistics.Documents);
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public async Task A_failed_sync_acknowledges_nothing()
    {
        var files = new FailingStoreFiles();
        await using StoreServer server = await StoreServer.StartAsync(files: files);
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 10));
        files.FailsToSync = true;
        JsonElement refused = await server.BulkAsync(StoreDocuments.Bulk("logs-a", 10, 1));
        Assert.Equal(503, refused.GetProperty("items")[0].GetProperty("create").GetProperty("status").GetInt32());
        files.FailsToSync = false;
        JsonElement accepted = await server.BulkAsync(StoreDocuments.Bulk("logs-a", 9, 2));
        Assert.Equal(409, accepted.GetProperty("items")[0].GetProperty("create").GetProperty("status").GetInt32());
        Assert.Equal(201, accepted.GetProperty("items")[1].GetProperty("create").GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task A_second_store_in_the_same_directory_names_the_holder()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        StoreLockedException refused = Assert.Throws<StoreLockedException>(() => EmbeddedStore.Open(server.Directory, new EmbeddedStoreOptions(), TimeProvider.System));
        Assert.Equal(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Holder);
    }

    [Fact]
    public async Task Documents_templates_and_replacements_are_there_after_a_restart()
    {
        string directory = Directory.CreateTempSubdirectory("store-restart-").FullName;
        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
            await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 100));
            (HttpStatusCode status, _) = await server.SendAsync("PUT", $"logs-a/_doc/{StoreDocuments.Id(7)}", """{"body":"replaced"}""");
            Assert.Equal(HttpStatusCode.OK, status);
        }

        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("HEAD", "_index_template/logs")).Status);
            Assert.Equal(100, server.Store.Statistics.Documents);
            (_, JsonElement document) = await server.SendAsync("GET", $"logs-a/_doc/{StoreDocuments.Id(7)}");
            Assert.Equal((2, "replaced"), (document.GetProperty("_version").GetInt32(), document.GetProperty("_source").GetProperty("body").GetString()));
            Assert.Equal(100, (await AllIdsAsync(server)).Count);
        }

        Directory.Delete(directory, recursive: true);
    }

    internal static void CopyDirectory(string from, string to, bool withTemporary = false)
    {
        Directory.CreateDirectory(to);
        foreach (string directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(directory.Replace(from, to, StringComparison.Ordinal));
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "lock" || (!withTemporary && file.EndsWith(".tmp", StringComparison.Ordinal))) continue;
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var destination = new FileStream(file.Replace(from, to, StringComparison.Ordinal), FileMode.Create);
            source.CopyTo(destination);
        }
    }

    internal static async Task<HashSet<string>> AllIdsAsync(StoreServer server)
    {
        var ids = new HashSet<string>();
        string after = "";
        while (true)
        {
            JsonElement answer = await server.SearchAsync("logs-*", $$"""{"size":5000,"_source":false,"sort":["_id"]{{after}}}""");
            string[] page = [.. answer.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("_id").GetString()!)];
            if (page.Length == 0) return ids;
            foreach (string id in page) Assert.True(ids.Add(id), $"{id} came twice");
            after = $$""","search_after":["{{page[^1]}}"]""";
        }
    }
}
