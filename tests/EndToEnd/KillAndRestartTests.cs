using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>
/// The real program, real files, SIGKILL: what is stored at the end is what was written, once. <c>SEED=n</c> runs one seed, <c>SEEDS=n</c> so many.
/// </summary>
[Collection(PipelineCollection.Name)]
public sealed class KillAndRestartTests(ITestOutputHelper output)
{
    private const int Kills = 11;

    private static readonly TimeSpan AuditLimit = TimeSpan.FromSeconds(60);

    /// <summary>What is never said: each of them is a loss or a fault of the program.</summary>
    private static readonly string[] Alarms = ["worker_fault", "bytes_lost", " gap ", "id_collision", "checkpoint_failed", "Unhandled exception"];

    [Fact]
    public Task Every_line_is_stored_once_in_a_store_that_fails_in_every_way() => ForEachSeed(2, async seed =>
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(seed) { Unreliable = true });
        await using var run = new KillAndRestartRun(seed, server);
        await run.PlayAsync(Kills);
        Judge(seed, run, store.Documents());
        Assert.Empty(store.DeadLetters());
        output.WriteLine($"SEED={seed}: {store.Count} documents, {run.Kills} kills, {server.BulkRequests} requests, {store.Conflicts} documents sent again");
    });

    [Fact]
    public Task Every_line_is_stored_or_a_dead_letter_when_one_document_in_ten_is_refused() => ForEachSeed(1, async seed =>
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(seed) { Unreliable = true, Refuses = true });
        await using var run = new KillAndRestartRun(seed + 1000, server);
        await run.PlayAsync(Kills);
        Judge(seed, run, store.Documents());
        Assert.NotEmpty(store.DeadLetters());
        Assert.All(store.DeadLetters(), letter => Assert.Equal("mapper_parsing_exception", letter.GetProperty("reason").GetProperty("type").GetString()));
    });

    [Fact]
    public Task Every_line_is_stored_once_in_the_embedded_store_that_is_killed_with_the_process() => ForEachSeed(1, async seed =>
    {
        await using var run = new KillAndRestartRun(seed + 2000, server: null);
        await run.PlayAsync(Kills);
        Judge(seed, run, await EmbeddedReader.ReadAsync(await run.OpenAsync()));
        await using PipelineProcess audit = run.Command("audit", "--deep");
        int code = await audit.ExitCodeAsync(AuditLimit);
        Assert.True(code == 0, $"SEED={seed}: the audit ends with {code}\n{audit.Output}{audit.Errors}");
    });

    private static void Judge(int seed, KillAndRestartRun run, List<StoredDocument> stored)
    {
        List<string> differences = Oracle.Differences(run.Writers, stored);
        Assert.True(differences.Count == 0, $"SEED={seed}: {string.Join("\n", differences)}\n{run.History}");
        Assert.DoesNotContain(run.Said.Split('\n'), line => Alarms.Any(alarm => line.Contains(alarm, StringComparison.Ordinal)));
    }

    private async Task ForEachSeed(int count, Func<int, Task> test)
    {
        int first = int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int seed) ? seed : 1;
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("SEEDS"), out int asked) ? asked : seed > 0 ? 1 : count;
        for (int current = first; current < first + seeds; current++)
        {
            output.WriteLine($"SEED={current}");
            await test(current);
        }
    }
}
