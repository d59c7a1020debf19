using System.Text.Json.Nodes;
using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger.State;
using LogPipeline.Ledger;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Running;
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

    private void ChangeLedger(Action<FileCheckpoint> change)
    {
        using CheckpointJournal journal = CheckpointJournal.Open(new DirectoryStateStorage(_fixture.State), new JournalOptions(), out _);
        var ledger = new PositionLedger(journal, TimeProvider.System);
        FileCheckpoint file = Assert.Single(ledger.Files);
        change(file);
        ledger.Commit([file]);
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
