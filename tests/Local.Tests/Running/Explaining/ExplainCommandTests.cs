using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger.State;
using LogPipeline.Local.CommandLine;

namespace LogPipeline.Tests.Running.Explaining;

public sealed class ExplainCommandTests : IDisposable
{
    private const string Pod = "pods/shop_cart-1_0b9cb8d8/app/";

    private readonly PipelineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_stored_line_is_told_with_its_index_its_id_and_its_record()
    {
        string path = _fixture.Write("app.log", ["first", "second \e[31m", "third"]);
        await _fixture.RunAsync();

        string text = await ExpectAsync($"{path}:9", ExitCode.Success, @"^stored: in logs-default-\d{4}\.\d\d\.\d\d under a\S{30}\n");
        Assert.Contains("offsets 6 to 19\n", text, StringComparison.Ordinal);
        Assert.Contains("\"second ␛[31m\"", text, StringComparison.Ordinal);
        Assert.Contains("begins at offset 6; 13 bytes", text, StringComparison.Ordinal);
        Assert.Contains("durable to offset 25 of 25", text, StringComparison.Ordinal);

        string id = IdIn(text);
        text = await ExpectAsync(id, ExitCode.Success, $"^stored: in \\S+ under {id}\n");
        Assert.Contains(path, text, StringComparison.Ordinal);
        Assert.Contains("\"second", text, StringComparison.Ordinal);
        await ExpectAsync($"{path}:19", ExitCode.Success, "\"third\"");
    }

    [Fact]
    public async Task A_byte_within_a_record_of_several_lines_is_told_with_its_record()
    {
        _fixture.Options.Joining.Preset = "java";
        string path = _fixture.Write("app.log", ["before", "java.lang.IllegalStateException: no stock", "\tat shop.Stock.take(Stock.java:31)", "after", "end"]);
        await _fixture.RunAsync();

        string text = await ExpectAsync($"{path}:60", ExitCode.Success, "^stored");
        Assert.Contains("begins at offset 0; 84 bytes", text, StringComparison.Ordinal);
        Assert.Contains("\"\tat shop.Stock.take(Stock.java:31)\"", text, StringComparison.Ordinal);
        Assert.Contains("\"before\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interleaved_outputs_are_told_apart()
    {
        string path = _fixture.Write(Pod + "0.log", ["2026-11-20T16:40:01Z stdout P one ", "2026-11-20T16:40:02Z stderr F other", "2026-11-20T16:40:03Z stdout F two", "2026-11-20T16:40:04Z stdout F three"]);
        await _fixture.RunAsync();

        // The first record's lines are at 0 and at 71, the second one's between them.
        string text = await ExpectAsync($"{path}:71", ExitCode.Success, "^stored");
        Assert.Contains("stdout", text, StringComparison.Ordinal);
        Assert.Contains("begins at offset 0; ", text, StringComparison.Ordinal);
        Assert.Contains("\"one two\"", text, StringComparison.Ordinal);
        text = await ExpectAsync($"{path}:40", ExitCode.Success, "^stored");
        Assert.Contains("stderr", text, StringComparison.Ordinal);
        Assert.Contains("\"other\"", text, StringComparison.Ordinal);
        await ExpectAsync($"{path}:110", ExitCode.Success, "\"three\"");
    }

    [Fact]
    public async Task A_record_that_began_in_the_file_before_is_found_there()
    {
        string before = _fixture.Write(Pod + "0.log.20261120-164005", ["2026-11-20T16:40:01Z stdout F zero", "2026-11-20T16:40:01Z stdout P one ", "2026-11-20T16:40:02Z stderr F other"]);
        string path = _fixture.Write(Pod + "0.log", ["2026-11-20T16:40:03Z stderr F another", "2026-11-20T16:40:06Z stdout F two", "2026-11-20T16:40:07Z stdout F three"]);
        await _fixture.RunAsync();

        string text = await ExpectAsync($"{path}:45", ExitCode.Success, "^stored");
        Assert.Contains($"begins at offset 35 of {before}, the file before", text, StringComparison.Ordinal);
        Assert.Contains("\"one two\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotated_compressed_and_deleted_files_are_known()
    {
        string path = _fixture.Write("app.log", Enumerable.Range(0, 200).Select(line => $"line {line}"));
        await _fixture.RunAsync();
        string rotated = path + ".1.gz", id = IdIn(await ExpectAsync($"{path}:31", ExitCode.Success, "\"line 4\""));
        await using (var compressed = new GZipStream(File.Create(rotated), CompressionLevel.Fastest)) await compressed.WriteAsync(await File.ReadAllBytesAsync(path));
        File.Delete(path);

        foreach (string target in (string[])[$"{rotated}:31", $"{path}:31", id])
        {
            string text = await ExpectAsync(target, ExitCode.Success, $"^stored: in \\S+ under {id}\n");
            Assert.Contains(".gz, compressed", text, StringComparison.Ordinal);
            Assert.Contains("\"line 4\"", text, StringComparison.Ordinal);
        }
        await ExpectAsync($"{rotated}:5000", ExitCode.Wrong, "^no such place: the uncompressed content ends before it");
        File.Delete(rotated);
        foreach (string target in (string[])[$"{path}:31", id]) await ExpectAsync(target, ExitCode.Success, "^stored[^\n]+\n[^?]+which is gone");
    }

    [Fact]
    public async Task What_is_not_read_yet_is_exit_code_3()
    {
        string path = _fixture.Write("app.log", ["first"]);
        await _fixture.RunAsync();
        _fixture.Write("app.log", ["second"]);
        await File.AppendAllTextAsync(path, "no newline");
        string unknown = _fixture.Write("new.log", ["unknown"]);

        string text = await ExpectAsync($"{path}:6", ExitCode.NotYet, "^unread: on disk, and not read yet\n");
        Assert.Contains("no pipeline runs with this state directory; the next run reads it", text, StringComparison.Ordinal);
        await ExpectAsync($"{path}:15", ExitCode.NotYet, "^unread: its line has no end yet");
        text = await ExpectAsync($"{unknown}:0", ExitCode.NotYet, "^unread");
        Assert.Contains("the ledger does not know it", text, StringComparison.Ordinal);
        await ExpectAsync($"{path}:99", ExitCode.Wrong, "^no such place: the file has 23 bytes");
    }

    [Fact]
    public async Task What_a_running_pipeline_has_read_and_cannot_store_is_in_flight()
    {
        string path = _fixture.Write("app.log", ["first"]);
        await _fixture.RunAsync();
        // Nobody listens there: what is read stays on its way.
        _fixture.Options.Store.Urls = ["http://127.0.0.1:9/"];
        _fixture.Options.Ledger.DrainTimeout = TimeSpan.FromMilliseconds(1);
        _fixture.Write("app.log", ["second"]);
        await using LogPipeline.Local.Running.RunningPipeline pipeline = await LogPipeline.Local.Running.RunningPipeline.StartAsync(_fixture.Options, new Nobody());
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (pipeline.ReadBytes < 7) await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        // The health view is a second old at most.
        (int exit, string text) = (0, "");
        while (exit != ExitCode.NotYet || !text.StartsWith("in flight", StringComparison.Ordinal))
        {
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            (exit, text) = await _fixture.ExplainAsync($"{path}:8");
        }
        Assert.Contains("does not answer", text, StringComparison.Ordinal);
        Assert.Contains("runs. Ask again in a moment", text, StringComparison.Ordinal);
        await ExpectAsync($"{path}:2", ExitCode.Success, "^stored, says the ledger: it is behind the durable position");
    }

    [Fact]
    public async Task What_a_rule_left_out_is_told_with_the_rule()
    {
        _fixture.Options.Tailing.From = "end";
        string path = _fixture.Write("app.log", ["before the first run"]);
        await using (LogPipeline.Local.Running.RunningPipeline pipeline = await LogPipeline.Local.Running.RunningPipeline.StartAsync(_fixture.Options, new Nobody()))
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            // Its end is where the worker finds it, not where the start did.
            while ((await pipeline.FreshStatusesAsync()).All(worker => worker.Files.Count == 0)) await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            _fixture.Write("app.log", ["after"]);
            while (pipeline.ReadBytes == 0 || !pipeline.IsIdle) await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            await pipeline.DrainAsync();
        }
        await ExpectAsync($"{path}:3", ExitCode.Success, "^dropped by tailing.from: end: reading of this file began behind it, at offset 21");
    }

    [Fact]
    public async Task What_was_refused_is_told_with_the_reason_and_the_dead_letter()
    {
        string path = _fixture.Write("app.log", ["first", "second", "third"]);
        await _fixture.RunAsync();
        string id = IdIn(await ExpectAsync($"{path}:6", ExitCode.Success, "^stored"));
        await _fixture.WithStoreAsync(async store =>
        {
            (string index, _, JsonObject source) = await FindAsync(store, id);
            JsonObject attributes = source["attributes"]!.AsObject();
            var letter = new JsonObject
            {
                ["@timestamp"] = source["@timestamp"]!.DeepClone(), ["index"] = index, ["document"] = "e30=",
                ["reason"] = new JsonObject { ["type"] = "mapper_parsing_exception", ["reason"] = "failed to parse [attributes.fields.user]", ["status"] = 400 },
                ["attributes"] = attributes.DeepClone(),
            };
            (await store.PutAsync($"deadletter-{index}/_doc/{id}", Json(letter))).EnsureSuccessStatusCode();
            attributes["log.file.id"] = "gone";
            (await store.PutAsync($"{index}/_doc/{id}", Json(source))).EnsureSuccessStatusCode();
        });
        string text = await ExpectAsync($"{path}:8", ExitCode.Success, $"^refused by the store: kept in deadletter-logs-default-\\S+ under {id}\n");
        Assert.Contains("mapper_parsing_exception: failed to parse [attributes.fields.user] (HTTP 400, for index logs-default-", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_store_has_no_more_is_missing_or_expired()
    {
        string path = _fixture.Write("app.log", ["first", "second", "third"]);
        await _fixture.RunAsync();
        string id = IdIn(await ExpectAsync($"{path}:6", ExitCode.Success, "^stored")), index = "";
        await _fixture.WithStoreAsync(async store =>
        {
            (index, _, JsonObject source) = await FindAsync(store, id);
            source["attributes"]!["log.file.id"] = "gone";
            (await store.PutAsync($"{index}/_doc/{id}", Json(source))).EnsureSuccessStatusCode();
        });
        await ExpectAsync($"{path}:6", ExitCode.Wrong, $"^MISSING: the ledger has it as stored, and {index} does not hold it");
        await ExpectAsync($"{path}:0", ExitCode.Success, "^stored");
        await _fixture.WithStoreAsync(async store => (await store.DeleteAsync(index)).EnsureSuccessStatusCode());
        await ExpectAsync($"{path}:6", ExitCode.Wrong, $"^expired: it was stored, and {index} has been deleted since");
    }

    [Fact]
    public async Task What_rotation_destroyed_is_told_with_the_gap()
    {
        string path = _fixture.Write("app.log", ["first"]);
        await _fixture.RunAsync();
        using (CheckpointJournal journal = CheckpointJournal.Open(new DirectoryStateStorage(_fixture.State), new JournalOptions(), out _))
        {
            var ledger = new PositionLedger(journal, TimeProvider.System);
            ledger.Files[0].SizeBytes = 106;
            ledger.Commit([.. ledger.Files]);
        }
        File.Delete(path);
        await ExpectAsync($"{path}:50", ExitCode.Wrong, "^DESTROYED: the file is gone, and was durable to offset 6 only; the next run reports the gap");
        _fixture.Write("other.log", ["so that something is read"]);
        await _fixture.RunAsync();
        await ExpectAsync($"{path}:50", ExitCode.Wrong, "^DESTROYED: rotation or deletion destroyed what lay behind offset 6 while nothing read it; at least 100 bytes");
        await ExpectAsync($"{path}:2", ExitCode.Success, "^stored");
    }

    [Fact]
    public async Task A_file_of_the_ledger_is_known_whatever_sources_the_question_names()
    {
        string path = _fixture.Write("app.log", ["first", "second"]);
        await _fixture.RunAsync();
        _fixture.Options.Sources.Clear();
        await ExpectAsync($"{path}:8", ExitCode.Success, "^stored");
    }

    [Fact]
    public async Task What_nobody_knows_and_what_no_source_names_is_said()
    {
        _fixture.Write("app.log", ["first"]);
        await _fixture.RunAsync();
        string other = _fixture.Write("other.txt", ["not named"]);
        await ExpectAsync($"{other}:2", ExitCode.Wrong, "^not read: no source of this configuration names the file");
        await ExpectAsync(Path.Join(_fixture.Logs, "never.log") + ":2", ExitCode.Wrong, "^unknown: the file is not on disk");
        await ExpectAsync("a" + new string('b', 30), ExitCode.Wrong, "^unknown: neither the ledger nor the store knows this id");
    }

    private async Task<string> ExpectAsync(string target, int exit, string pattern)
    {
        (int code, string text) = await _fixture.ExplainAsync(target);
        Assert.Matches(pattern, text);
        Assert.True(exit == code, $"exit code {code}\n{text}");
        return text;
    }

    private static string IdIn(string text) => System.Text.RegularExpressions.Regex.Match(text, @"under (\S{31})\n").Groups[1].Value;

    private static async Task<(string Index, string Id, JsonObject Source)> FindAsync(HttpClient store, string id)
    {
        JsonNode found = JsonNode.Parse(await (await store.PostAsync("logs-*/_search", Json(new JsonObject { ["query"] = new JsonObject { ["ids"] = new JsonObject { ["values"] = new JsonArray(id) } } }))).Content.ReadAsStringAsync())!;
        JsonNode hit = found["hits"]!["hits"]![0]!;
        return (hit["_index"]!.GetValue<string>(), id, hit["_source"]!.DeepClone().AsObject());
    }

    private static StringContent Json(JsonNode node) => new(node.ToJsonString(), Encoding.UTF8, "application/json");

    private sealed class Nobody : LogPipeline.Observability.IPipelineLog
    {
        public void Write(LogPipeline.Observability.PipelineLogLevel level, string eventName, string message)
        {
        }
    }
}
