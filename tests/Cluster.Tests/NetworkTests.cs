using LogPipeline.Tests.Judging;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>
/// Members with a network of their own, which parts them. <c>SEED=n</c> plays one seed, <c>SEEDS=n</c> so many from there on, with troubles in any order and more of them.
/// Says how long streams took to flow again after each decision about the membership.
/// </summary>
[Collection(ProcessCollection.Name)]
public sealed class NetworkTests(ITestOutputHelper output)
{
    private static readonly TimeSpan CalmLimit = TimeSpan.FromSeconds(180);

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out int number) ? number : null;

    [Fact]
    public async Task Lines_are_stored_once_whoever_is_killed_frozen_parted_or_added()
    {
        Assert.SkipWhen(MemberNetwork.Missing is not null, MemberNetwork.Missing ?? "");
        int first = Number("SEED") ?? 1, count = Number("SEEDS") ?? 1;
        for (int seed = first; seed < first + count; seed++) await PlayAsync(seed, atRandom: Number("SEEDS") is not null);
    }

    private async Task PlayAsync(int seed, bool atRandom)
    {
        var random = new Random(seed);
        using var network = new MemberNetwork();
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(seed) { Unreliable = true }, address: network.HostAddress);
        await using var run = new ClusterRun(seed, server.Url, nodes: 3, aggregators: 3, network: network);
        var cluster = new TroubledCluster(run, network, store, random);
        await cluster.BeginAsync();
        Func<Task>[] troubles = atRandom
            ? [.. Enumerable.Range(0, 12).Select(_ => Any(cluster, random))]
            :
            [
                () => cluster.KillAsync(untilDecided: false), cluster.AddAsync, () => cluster.PartAsync(clean: true, untilDecided: true), () => cluster.FreezeAsync(untilDecided: false),
                () => cluster.UnplugAsync(untilDecided: false),
            ];
        foreach (Func<Task> trouble in troubles) await trouble();
        run.Finish();
        OracleVerdict verdict = await run.DifferencesAsync(store, CalmLimit);
        Assert.True(verdict.IsExact, $"SEED={seed}: {verdict}\n{run.History}");
        Assert.DoesNotContain("chunk_malformed", run.History, StringComparison.Ordinal);
        Assert.DoesNotContain("id_collision", run.History, StringComparison.Ordinal);
        output.WriteLine($"SEED={seed}: {verdict.Numbers}; {store.Conflicts} sent again; starts {string.Join(", ", run.Members.Select(member => $"{member.Name} {member.Starts}"))}");
        foreach (string flow in cluster.Flows) output.WriteLine("  flows again after " + flow);
    }

    private static Func<Task> Any(TroubledCluster cluster, Random random)
    {
        bool untilDecided = random.Next(2) == 0;
        return random.Next(7) switch
        {
            0 => () => cluster.KillAsync(untilDecided),
            1 => cluster.KillNodeAsync,
            2 => () => cluster.FreezeAsync(untilDecided),
            3 => () => cluster.UnplugAsync(untilDecided),
            4 => cluster.AddAsync,
            _ => () => cluster.PartAsync(clean: random.Next(2) == 0, untilDecided),
        };
    }
}
