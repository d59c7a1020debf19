using System.Globalization;
using LogPipeline.Tests.Judging;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>
/// The real program, real files, SIGKILL: what is stored at the end is what was written, once. <c>SEED=n</c> runs one seed, <c>SEEDS=n</c> so many.
/// </summary>
[Collection(PipelineCollection.Name)]
public sealed class KillAndRestartTests(ITestOutputHelper output)
{
    private const int Kills = 8;

    private static readonly TimeSpan AuditLimit = TimeSpan.FromSeconds(60);

    /// <summary>What is never said: each of them is a loss or a fault of the program.</summary>
    private static readonly string[] Alarms = ["worker_fault", "bytes_lost", " gap ", "id_collision", "checkpoint_failed", "Unhandled exception"];

    [Fact]
    public Task Every_line_is_stored_once_in_a_store_that_fails_in_every_way() => ForEachSeed(1, async seed =>
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
        await using var run = new KillAndRestartRun(seed + 2000, store: null);
        await run.PlayAsync(Kills);
        List<StoredDocument> stored = await EmbeddedReader.ReadAsync(await run.OpenAsync());
        Judge(seed, run, stored);
        await AuditAsync(seed, run, stored.Count, "audit", "--deep");
    });

    [Fact]
    public Task Every_line_is_stored_once_through_a_proxy_that_fails_in_every_way_before_a_store_that_is_killed_too() => ForEachSeed(1, async seed =>
    {
        var faults = new ProxyFaults(seed);
        await using StoreProcess store = await StoreProcess.StartAsync();
        await using FaultyProxy proxy = await FaultyProxy.StartAsync(store, faults);
        await using var run = new KillAndRestartRun(seed + 3000, proxy);
        await run.PlayAsync(Kills);
        await proxy.QuiesceAsync();
        List<StoredDocument> stored = await EmbeddedReader.ReadAsync(store.Page);
        Judge(seed, run, stored);
        await AuditAsync(seed, run, stored.Count, "audit", "--store", store.Address!.ToString());
        await AuditAsync(seed, run, stored.Count, "audit", "--deep", "--store", store.Address!.ToString());
        output.WriteLine($"SEED={seed}: {stored.Count} documents, {run.Kills} kills of the pipeline, {store.Crashes} of the store, {proxy.BulkRequests} bulk requests; {faults}");
        Assert.All(Enum.GetValues<ProxyFault>(), fault => Assert.True(faults[fault] > 0, $"SEED={seed}: {fault} never befell a request"));
    });

    private void Judge(int seed, KillAndRestartRun run, List<StoredDocument> stored)
    {
        OracleVerdict verdict = Oracle.Compare(run.Writers, stored);
        output.WriteLine($"SEED={seed}: {verdict.Numbers}");
        Assert.True(verdict.IsExact, $"SEED={seed}: {verdict}\n{run.History}");
        Assert.DoesNotContain(run.Said.Split('\n'), line => Alarms.Any(alarm => line.Contains(alarm, StringComparison.Ordinal)));
    }

    // Says what the oracle says, from the ledger, the disk and the store alone.
    private static async Task AuditAsync(int seed, KillAndRestartRun run, int documents, params string[] arguments)
    {
        await using PipelineProcess audit = run.Command(arguments);
        int code = await audit.ExitCodeAsync(AuditLimit);
        Assert.True(code == 0, $"SEED={seed}: {string.Join(' ', arguments)} ends with {code}\n{audit.Output}{audit.Errors}");
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{documents:N0} records, "), audit.Output, StringComparison.Ordinal);
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
