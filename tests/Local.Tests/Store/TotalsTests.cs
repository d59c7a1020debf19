using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Ledger;
using LogPipeline.Local.Store;
using LogPipeline.Ledger.Journal;
using LogPipeline.Local.Store.Files;

namespace LogPipeline.Tests.Store;

/// <summary>What an audit asks is answered from blocks' totals, and what that gives is what the documents give.</summary>
public sealed class TotalsTests
{
    private const string Question = """
        {"size":0,"track_total_hits":true,"query":{"terms":{"attributes.log.file.id":[FILES]}},"aggs":{"files":{"terms":{"field":"attributes.log.file.id","size":1000},
        "aggs":{"ranges":{"histogram":{"field":"attributes.log.offset","interval":16777216,"min_doc_count":1},"aggs":{"bytes":{"sum":{"field":"attributes.log.length"}}}}}}}}
        """;

    [Fact]
    public async Task The_sums_by_file_and_range_are_those_of_the_documents_whatever_form_they_have()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        var expected = new Dictionary<(string File, long Range), (long Records, long Bytes)>();
        int id = 0;
        for (int bulk = 0; bulk < 40; bulk++)
        {
            var body = new StringBuilder();
            int files = random.Next(3) == 0 ? 60 : random.Next(1, 5), odd = random.Next(3) == 0 ? 20 : int.MaxValue;
            for (int count = random.Next(1, 300); count > 0; count--)
            {
                string file = $"file-{random.Next(files):0000}";
                long offset = random.NextInt64(100L << 20), bytes = random.Next(1, 5000);
                (string place, bool isSummed) = random.Next(odd) switch
                {
                    0 => ($$"""{"log.offset":{{offset}},"log.length":{{bytes}}}""", false),
                    1 => ($$$"""{"log":{"file":{"id":"{{{file}}}"},"offset":{{{offset}}},"length":{{{bytes}}} } }""", true),
                    2 => ($$"""{"log.file.id":"{{file.Replace("f", "\\u0066", StringComparison.Ordinal)}}","log.offset":{{offset}},"log.length":{{bytes}}}""", true),
                    3 => ($$"""{"log.file.id":["{{file}}","{{file}}"],"log.offset":{{offset}},"log.length":{{bytes}}}""", true),
                    4 => ($$"""{"log.file.id":"{{file}}","log.offset":"{{offset}}","log.length":{{bytes}}}""", true),
                    _ => ($$"""{"log.file.id":"{{file}}","log.offset":{{offset}},"log.length":{{bytes}}}""", true),
                };
                body.Append($$$"""{"create":{"_index":"logs-{{{random.Next(2)}}}","_id":"{{{id++}}}"}}""").Append('\n').Append($$"""{"@timestamp":"2026-11-20T10:00:00Z","attributes":{{place}}}""").Append('\n');
                if (!isSummed) continue;
                (long records, long sum) = expected.GetValueOrDefault((file, offset >> 24));
                expected[(file, offset >> 24)] = (records + 1, sum + bytes);
            }

            Assert.False((await server.BulkAsync(body.ToString())).GetProperty("errors").GetBoolean());
            if (random.Next(4) == 0) await server.Store.SealAsync(server.Store.Indices.ElementAt(random.Next(server.Store.Indices.Count())).Name);
        }

        string[] asked = [.. expected.Keys.Select(key => key.File).Distinct().Where(_ => random.Next(4) > 0)];
        JsonElement answer = await AskAsync(server, asked);

        var wanted = expected.Where(sum => asked.Contains(sum.Key.File)).ToDictionary();
        Assert.True(wanted.OrderBy(sum => sum.Key).SequenceEqual(Sums(answer).OrderBy(sum => sum.Key)), $"seed {seed}: {answer}");
        Assert.Equal(wanted.Values.Sum(sum => sum.Records), answer.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64());
    }

    [Fact]
    public async Task A_damaged_block_is_missing_from_the_sums_and_the_answer_says_so()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        for (int bulk = 0; bulk < 3; bulk++) await server.BulkAsync(StoreDocuments.Bulk("logs-a", bulk * 100, 100));
        string segment = Directory.EnumerateFiles(server.Directory, "*.seg", SearchOption.AllDirectories).Single();
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        using (FileStream file = new(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = bytes.Length / 2;
            file.WriteByte((byte)~bytes[bytes.Length / 2]);
        }

        JsonElement answer = await AskAsync(server, ["AAECAwQFBgcICQoLDA0000"]);

        Assert.Equal(200, Sums(answer).Sum(sum => sum.Value.Records));
        Assert.Equal(1, answer.GetProperty("_shards").GetProperty("failed").GetInt32());
    }

    [Fact]
    public async Task A_replaced_document_counts_once()
    {
        await using StoreServer server = await StoreServer.StartAsync();
        await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 0, 100));
        await server.BulkAsync(StoreDocuments.Bulk("logs-a", 50, 1).Replace("\"create\"", "\"index\"", StringComparison.Ordinal));

        JsonElement answer = await AskAsync(server, ["AAECAwQFBgcICQoLDA0000"]);

        Assert.Equal((100, 10_000), Assert.Single(Sums(answer)).Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Blocks_from_before_there_were_totals_are_read_and_summed_document_by_document(bool isSealed)
    {
        string directory = Directory.CreateTempSubdirectory("store-old-").FullName;
        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            await server.SendAsync("PUT", "_index_template/logs", StoreDocuments.Template);
            for (int bulk = 0; bulk < 3; bulk++) await server.BulkAsync(StoreDocuments.Bulk("logs-a", bulk * 100, 100));
        }

        string segment = Directory.EnumerateFiles(directory, "*.seg", SearchOption.AllDirectories).Single();
        await File.WriteAllBytesAsync(segment, InFirstFormat(await File.ReadAllBytesAsync(segment)));
        if (isSealed)
        {
            await using EmbeddedStore store = EmbeddedStore.Open(directory, new EmbeddedStoreOptions(), TimeProvider.System);
            await store.SealAsync("logs-a");
        }

        await using (StoreServer server = await StoreServer.StartAsync(directory))
        {
            Assert.Equal(0, server.Store.Statistics.DamagedSegments);
            Assert.Equal((300, 30_000), Assert.Single(Sums(await AskAsync(server, ["AAECAwQFBgcICQoLDA0000"]))).Value);
            Assert.Equal(["1AAECAwQFBgcICQoLDA0OD-00000299"], await server.IdsAsync("logs-a", """{"size":1,"sort":[{"@timestamp":"desc"}]}"""));
        }

        Directory.Delete(directory, recursive: true);
    }

    private static async Task<JsonElement> AskAsync(StoreServer server, string[] files) =>
        await server.SearchAsync("logs-*", Question.Replace("FILES", string.Join(',', files.Select(file => $"\"{file}\"")), StringComparison.Ordinal));

    private static Dictionary<(string File, long Range), (long Records, long Bytes)> Sums(JsonElement answer) =>
        answer.GetProperty("aggregations").GetProperty("files").GetProperty("buckets").EnumerateArray()
            .SelectMany(file => file.GetProperty("ranges").GetProperty("buckets").EnumerateArray().Select(range => (File: file.GetProperty("key").GetString()!, Range: range)))
            .ToDictionary(found => (found.File, RangeCount.IndexOf((long)found.Range.GetProperty("key").GetDouble()) + 0L),
                found => (found.Range.GetProperty("doc_count").GetInt64(), (long)found.Range.GetProperty("bytes").GetProperty("value").GetDouble()));

    // The same blocks as they were written before: another first word, no totals, 4 bytes less of head.
    private static byte[] InFirstFormat(byte[] segment)
    {
        using var older = new MemoryStream();
        for (int at = 0; at < segment.Length;)
        {
            ReadOnlySpan<byte> rest = segment.AsSpan(at);
            int length = BlockFrame.PeekLength(rest);
            BlockFrame frame = BlockFrame.ReadHeader(rest);
            Assert.NotEmpty(frame.Summary.Totals);
            int hashes = (frame.Summary.Values.Length + frame.Summary.ManyValued.Length) * sizeof(uint);
            byte[] bytes = [.. rest[..48], .. rest.Slice(BlockFrame.HeaderLength, hashes), .. rest[frame.PayloadOffset..length]];
            "LPB1"u8.CopyTo(bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Crc32C.Compute(bytes.AsSpan(8)));
            older.Write(bytes);
            at += length;
        }

        return older.ToArray();
    }
}
