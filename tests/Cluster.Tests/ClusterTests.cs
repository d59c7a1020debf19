using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>Real processes on one machine: what is stored at the end is what was written, once, in order. <c>SEED=n</c> runs another seed.</summary>
public sealed class ClusterTests(ITestOutputHelper output)
{
    private static readonly TimeSpan CalmLimit = TimeSpan.FromSeconds(90);

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int seed) ? seed : 1;

    [Fact]
    public async Task Lines_of_a_node_are_stored_once_by_an_aggregator()
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(Seed));
        await using var run = new ClusterRun(Seed, server.Url, nodes: 1, aggregators: 1);
        await run.WriteAsync(400);
        run.Finish();
        Judge(run, store, await run.DifferencesAsync(store, CalmLimit));
    }

    [Fact]
    public async Task Lines_are_stored_once_whoever_is_killed_or_frozen()
    {
        var random = new Random(Seed);
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(Seed) { Unreliable = true });
        await using var run = new ClusterRun(Seed, server.Url, nodes: 2, aggregators: 2);
        await run.WriteAsync(600);
        for (int round = 0; round < 8; round++)
        {
            ClusterMember aggregator = run.Aggregators[random.Next(run.Aggregators.Length)], node = run.Nodes[random.Next(run.Nodes.Length)];
            switch (round % 4)
            {
                case 0 or 2:
                    await aggregator.KillAsync();
                    break;
                case 1:
                    await node.KillAsync();
                    break;
                default:
                    aggregator.Freeze();
                    await run.WriteAsync(random.Next(200, 3000));
                    aggregator.Thaw();
                    break;
            }
            await run.WriteAsync(random.Next(100, 1200));
        }
        run.Finish();
        Judge(run, store, await run.DifferencesAsync(store, CalmLimit));
    }

    private void Judge(ClusterRun run, ModelStore store, List<string> differences)
    {
        Assert.True(differences.Count == 0, $"SEED={Seed}: {string.Join("\n", differences)}\n{run.History}");
        Assert.DoesNotContain("chunk_malformed", run.History, StringComparison.Ordinal);
        Assert.DoesNotContain("id_collision", run.History, StringComparison.Ordinal);
        output.WriteLine($"SEED={Seed}: {store.Count} documents, {store.Conflicts} sent again, starts {string.Join(", ", run.Aggregators.Concat(run.Nodes).Select(member => $"{member.Name} {member.Starts}"))}");
    }
}
