using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using LogPipeline.Configuration;
using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger.State;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Running;
using LogPipeline.Sources;
using LogPipeline.Tests.Store;

namespace LogPipeline.Tests.Running;

public sealed class AuditCommandTests : IDisposable
{
    private readonly PipelineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task What_was_stored_once_is_nothing_wrong_in_six_lines_at_most()
    {
        _fixture.Write("app.log", Enumerable.Range(0, 500).Select(line => $"line {line}"));
        _fixture.Write("pods/shop_cart-1_0b9cb8d8/app/0.log", Cri(0, 300));
        await _fixture.RunAsync();

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.True(exit == ExitCode.Success, text);
        Assert.StartsWith("nothing is wrong: 2 files", text, StringComparison.Ordinal);
        Assert.Contains("800 records", text, StringComparison.Ordinal);
        Assert.InRange(text.Count(c => c == '\n'), 3, 6);

        (exit, text) = await _fixture.AuditAsync(deep: true);
        Assert.True(exit == ExitCode.Success, text);
        Assert.Contains("800 records", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_is_named_by_a_static_field_is_part_of_what_files_are_known_by()
    {
        _fixture.Options.Enrichment.Fields["k8s.cluster.name"] = "prod";
        _fixture.Write("pods/shop_cart-1_0b9cb8d8/app/0.log", Cri(0, 300));
        await _fixture.RunAsync();

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.True(exit == ExitCode.Success, text);
        Assert.Contains("in 1 file, all read", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_a_running_pipeline_it_asks_the_pipelines_own_store()
    {
        _fixture.Write("app.log", Enumerable.Range(0, 50).Select(line => $"line {line}"));
        await _fixture.RunAsync(async _ =>
        {
            (int exit, string text) = await _fixture.AuditAsync(deep: true);
            Assert.True(exit == ExitCode.Success, text);
            Assert.Contains("50 records", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task What_is_only_on_disk_is_unread_and_not_wrong()
    {
        _fixture.Write("app.log", ["first"]);
        await _fixture.RunAsync();
        _fixture.Write("app.log", ["twelve bytes"]);
        _fixture.Write("new.log", ["of a file that the ledger does not know"]);

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.True(exit == ExitCode.Success, text);
        Assert.Matches(@"unread +13 bytes  \S+/app\.log", text);
        Assert.Matches(@"unread +40 bytes  \S+/new\.log", text);
        Assert.Contains("53 B unread, for the next run", text, StringComparison.Ordinal);

        PipelineOptions only = _fixture.NewOptions();
        only.Sources = [new SourceOptions { Path = Path.Join(_fixture.Logs, "new.log") }];
        (exit, text) = await _fixture.AuditAsync(options: only);
        Assert.True(exit == ExitCode.Success, text);
        Assert.DoesNotContain("app.log", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_index_is_expired_and_not_wrong()
    {
        _fixture.Write("app.log", Enumerable.Range(0, 20).Select(line => $"line {line}"));
        await _fixture.RunAsync();
        await _fixture.WithStoreAsync(async store => (await store.DeleteAsync((await AllAsync(store))[0].Index)).EnsureSuccessStatusCode());

        foreach (bool deep in (bool[])[false, true])
        {
            (int exit, string text) = await _fixture.AuditAsync(deep);
            Assert.True(exit == ExitCode.Success, text);
            Assert.Matches(@"expired +20 records, 150 bytes  \S+/app\.log  range 0", text);
        }
    }

    [Fact]
    public async Task A_record_that_the_store_has_no_more_is_missing()
    {
        _fixture.Write("app.log", Enumerable.Range(0, 20).Select(line => $"line {line}"));
        await _fixture.RunAsync();
        await _fixture.WithStoreAsync(async store => await ReplaceAsync(store, 5, attributes => attributes["log.file.id"] = "someone else's"));

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.StartsWith("WRONG: 1 finding in 1 file", text, StringComparison.Ordinal);
        Assert.Matches(@"missing +1 record, 7 bytes  \S+/app\.log  range 0", text);

        (exit, text) = await _fixture.AuditAsync(deep: true);
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Matches(@"hole +7 bytes .*before offset 42", text);
    }

    [Fact]
    public async Task A_record_in_two_indices_is_double()
    {
        _fixture.Write("app.log", Enumerable.Range(0, 20).Select(line => $"line {line}"));
        await _fixture.RunAsync();
        string id = "";
        await _fixture.WithStoreAsync(async store =>
        {
            (_, id, JsonObject source) = (await AllAsync(store))[7];
            (await store.PutAsync($"logs-default-2020.01.01/_doc/{id}", Json(source))).EnsureSuccessStatusCode();
        });

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Matches(@"double +1 record, 7 bytes .*21 stored, 20 counted", text);

        (exit, text) = await _fixture.AuditAsync(deep: true);
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Contains($"{id} is in logs-default-2020.01.01 and in logs-default-", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_with_other_bytes_is_different()
    {
        _fixture.Write("app.log", Enumerable.Range(0, 20).Select(line => $"line {line}"));
        await _fixture.RunAsync();
        await _fixture.WithStoreAsync(async store => await ReplaceAsync(store, 3, attributes => attributes["log.length"] = 9));

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Matches(@"different +2 bytes", text);

        (exit, text) = await _fixture.AuditAsync(deep: true);
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Matches(@"overlap +1 record, 2 bytes", text);
    }

    [Fact]
    public async Task Losses_gaps_and_dead_letters_of_the_ledger_are_told()
    {
        string path = _fixture.Write("app.log", Enumerable.Range(0, 20).Select(line => $"line {line}"));
        await _fixture.RunAsync();
        ChangeLedger(file =>
        {
            file.LostBytes = 1234;
            file.CountDeadLettered(0, file.Stored[0] with { Records = 2, Bytes = 14 });
            file.CountStored(0, file.Stored[0] with { Records = -2, Bytes = -14 });
            file.SizeBytes = 9150;
        });
        File.Delete(path);

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Matches(@"lost +1,234 bytes", text);
        Assert.Matches(@"gap +9,000 bytes", text);
        Assert.Matches(@"double +2 records, 14 bytes", text);
        // The index of dead letters does not exist: it was deleted, for all that can be known.
        Assert.Matches(@"expired +2 records, 14 bytes .*deadletter-logs-default-", text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_store_acknowledged_before_the_ledger_knew_is_in_flight_and_not_double(bool deep)
    {
        // stderr of the pod and all of the plain file behind its sixth line: as after a kill between the acknowledgement and the checkpoint.
        string[] lines = [.. Cri(0, 30)];
        _fixture.Write("pods/shop_cart-1_0b9cb8d8/app/0.log", lines);
        _fixture.Write("app.log", Enumerable.Range(0, 20).Select(line => $"line {line}"));
        await _fixture.RunAsync();
        long errors = lines.Where((_, line) => line % 3 == 0).Sum(line => line.Length + 1);
        ChangeLedger(
            file =>
            {
                if (file.Kind == SourceKind.Kubelet)
                {
                    file.LanePositions[(int)SubStream.Stderr] = default;
                    file.CountStored(0, file.Stored[0] with { Records = -10, Bytes = -errors });
                    return;
                }
                Array.Fill(file.LanePositions, new(42, default));
                file.CountStored(0, file.Stored[0] with { Records = -14, Bytes = 42 - 150 });
            },
            files: 2);

        (int exit, string text) = await _fixture.AuditAsync(deep);
        Assert.True(exit == ExitCode.Success, text);
        Assert.Contains($"26 records, {lines.Sum(line => line.Length + 1) - errors + 42} B; 24 records, {errors + 150 - 42} B more in flight", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_nobody_counted_are_unaccounted()
    {
        _fixture.Write("app.log", Enumerable.Range(0, 20).Select(line => $"line {line}"));
        await _fixture.RunAsync();
        ChangeLedger(file =>
        {
            for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) file.LanePositions[lane] = file.LanePositions[lane] with { OffsetBytes = 170 };
        });

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Matches(@"unaccounted +20 bytes .*150 bytes are accounted for, 170 lie behind", text);
    }

    [Fact]
    public async Task Rotated_and_compressed_files_are_recognised_as_what_was_read()
    {
        string plain = _fixture.Write("app.log", Enumerable.Range(0, 200).Select(line => $"line {line}")), pod = _fixture.Write("pods/shop_cart-1_0b9cb8d8/app/0.log", Cri(0, 200));
        await _fixture.RunAsync();
        foreach ((string path, string rotated) in ((string, string)[])[(plain, plain + ".1.gz"), (pod, pod + ".20261120-164500.gz")])
        {
            await using (var compressed = new GZipStream(File.Create(rotated), CompressionLevel.Fastest)) await compressed.WriteAsync(await File.ReadAllBytesAsync(path));
            File.Delete(path);
        }
        _fixture.Write("pods/shop_cart-1_0b9cb8d8/app/0.log", Cri(200, 10));

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.True(exit == ExitCode.Success, text);
        Assert.Contains("2 files in the ledger", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".gz", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_destroyed_before_it_was_read_to_its_end_is_a_gap()
    {
        string path = _fixture.Write("app.log", ["read"]);
        await _fixture.RunAsync();
        ChangeLedger(file => file.SizeBytes = 105);
        (int exit, string text) = await _fixture.AuditAsync();
        Assert.True(exit == ExitCode.Success, text);

        File.Delete(path);
        (exit, text) = await _fixture.AuditAsync();
        Assert.Equal(ExitCode.Wrong, exit);
        Assert.Matches(@"gap +100 bytes  \S+/app\.log .*behind offset 5 ", text);
    }

    [Fact]
    public async Task What_the_embedded_store_deleted_to_stay_within_its_size_is_not_missing()
    {
        _fixture.Write("app.log", Enumerable.Range(0, 20).Select(line => $"line {line}"));
        await _fixture.RunAsync();
        string index = "";
        await _fixture.WithStoreAsync(async store =>
        {
            index = (await AllAsync(store))[0].Index;
            await ReplaceAsync(store, 5, attributes => attributes["log.file.id"] = "gone");
        });
        await File.WriteAllTextAsync(Path.Join(_fixture.Options.Store.Embedded.Path, "indices", index, "expired"), "1");

        (int exit, string text) = await _fixture.AuditAsync();
        Assert.True(exit == ExitCode.Success, text);
        Assert.Matches(@"expired part +1 record, 7 bytes", text);
    }

    [Fact]
    public async Task Without_a_ledger_there_is_nothing_to_compare()
    {
        (int exit, string text) = await _fixture.AuditAsync();
        Assert.Equal(ExitCode.CannotStart, exit);
        Assert.Contains("--state", text, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_fixture.State), "it made a state directory");
    }

    [Fact]
    public async Task A_store_at_a_url_is_asked_there()
    {
        await using StoreServer store = await StoreServer.StartAsync();
        _fixture.Options.Store.Urls = [store.Client.BaseAddress!.ToString()];
        _fixture.Write("app.log", Enumerable.Range(0, 20).Select(line => $"line {line}"));
        await _fixture.RunAsync();

        (int exit, string text) = await _fixture.AuditAsync(deep: true);
        Assert.True(exit == ExitCode.Success, text);
        Assert.Contains("20 records", text, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Cri(int from, int count) =>
        Enumerable.Range(from, count).Select(line => $"2026-11-20T16:40:{line % 60:D2}.{line:D9}Z {(line % 3 == 0 ? "stderr" : "stdout")} F line {line}");

    private void ChangeLedger(Action<FileCheckpoint> change, int files = 1)
    {
        using CheckpointJournal journal = CheckpointJournal.Open(new DirectoryStateStorage(_fixture.State), new JournalOptions(), out _);
        var ledger = new PositionLedger(journal, TimeProvider.System);
        Assert.Equal(files, ledger.Files.Count);
        foreach (FileCheckpoint file in ledger.Files) change(file);
        ledger.Commit([.. ledger.Files]);
    }

    private static async Task ReplaceAsync(HttpClient store, int which, Action<JsonObject> change)
    {
        (string index, string id, JsonObject source) = (await AllAsync(store))[which];
        change(source["attributes"]!.AsObject());
        (await store.PutAsync($"{index}/_doc/{id}", Json(source))).EnsureSuccessStatusCode();
    }

    private static async Task<List<(string Index, string Id, JsonObject Source)>> AllAsync(HttpClient store)
    {
        using HttpResponseMessage answer = await store.PostAsync("logs-*/_search", Json(JsonNode.Parse("""{"size":1000,"sort":["attributes.log.sequence"]}""")!));
        JsonNode found = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return [.. found["hits"]!["hits"]!.AsArray().Select(hit => (hit!["_index"]!.GetValue<string>(), hit["_id"]!.GetValue<string>(), hit["_source"]!.AsObject()))];
    }

    private static StringContent Json(JsonNode node) => new(node.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
}
