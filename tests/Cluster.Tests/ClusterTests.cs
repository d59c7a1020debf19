using LogPipeline.Tests.Judging;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>Real processes on one machine: what is stored at the end is what was written, once, in order. <c>SEED=n</c> runs another seed.</summary>
[Collection(ProcessCollection.Name)]
public sealed class ClusterTests(ITestOutputHelper output)
{
    private static readonly TimeSpan CalmLimit = TimeSpan.FromSeconds(180);

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("SEED"), out int seed) ? seed : 1;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lines_of_a_node_are_stored_once_by_an_aggregator(bool foundByName)
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(Seed));
        await using var run = new ClusterRun(Seed, server.Url, nodes: 1, aggregators: 1, byName: foundByName);
        await run.WriteAsync(400);
        run.Finish();
        Judge(run, store, await run.DifferencesAsync(store, CalmLimit));
    }

    [Fact]
    public async Task Over_tls_whoever_has_another_authoritys_certificate_is_not_let_in()
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(Seed));
        await using var run = new ClusterRun(Seed, server.Url, nodes: 2, aggregators: 1, new ClusterAuthority(strangers: "node-1"), writers: 0);
        foreach (int node in (int[])[0, 1])
            await File.WriteAllTextAsync(Path.Combine(run.FolderOf(node, "pods", $"ns_pod_uid{node}", "app"), "0.log"), $"2026-11-20T20:00:00.1Z stdout F of node {node}\n");
        Assert.True(
            await Eventually.ComesAsync(CalmLimit, () =>
            {
                run.Supervise();
                return store.Count > 0 && run.History.Contains("none of this cluster's", StringComparison.Ordinal);
            }),
            $"{store.Count} documents\n{run.History}");
        Assert.Equal("of node 0", Assert.Single(store.Documents()).Text);
        // The engine of a refused member may end by itself; to whoever supervises it that is a failure.
        Assert.DoesNotContain("node-1 ended with 0", run.History, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_are_stored_once_whoever_is_killed_or_frozen()
    {
        var random = new Random(Seed);
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(Seed) { Unreliable = true });
        await using var run = new ClusterRun(Seed, server.Url, nodes: 2, aggregators: 2);
        await run.WriteAsync(600);
        for (int round = 0; round < 4; round++)
        {
            ClusterMember aggregator = run.Aggregators[random.Next(run.Aggregators.Count)], node = run.Nodes[random.Next(run.Nodes.Count)];
            switch (round)
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

    [Fact]
    public async Task Long_lines_and_a_record_over_two_files_pass_through_two_processes_unchanged()
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(Seed));
        await using var run = new ClusterRun(Seed, server.Url, nodes: 1, aggregators: 1, writers: 0);
        string plain = new('p', (1 << 20) - 1), docker = new('d', 98_000);
        string pod = run.FolderOf(0, "pods", "ns_pod_uid", "app"), container = new('c', 64);
        // The rotated file first: the live one would otherwise be taken up without it.
        await File.WriteAllTextAsync(Path.Combine(pod, "0.log.20261120-200000"), "2026-11-20T20:00:00.1Z stdout F first\n2026-11-20T20:00:00.2Z stdout P begun in one file, \n");
        await File.WriteAllTextAsync(Path.Combine(pod, "0.log"), "2026-11-20T20:00:00.3Z stdout F ended in the next\n");
        await File.WriteAllTextAsync(Path.Combine(run.FolderOf(0, "containers", container), container + "-json.log"), $"{{\"log\":\"{docker}\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T20:00:00.4Z\"}}\n");
        await File.WriteAllTextAsync(Path.Combine(run.FolderOf(0, "log"), "app.log"), plain + "\nshort\n");

        string[] expected = ["first", "begun in one file, ended in the next", docker, plain, "short"];
        Assert.True(
            await Eventually.ComesAsync(CalmLimit, () => store.Count >= expected.Length),
            $"{store.Count} documents: {string.Join(", ", store.Documents().Select(document => document.Text.Length))}\n{run.History}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), store.Documents().Select(document => document.Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Members_that_are_told_to_leave_end_by_themselves_and_lose_nothing()
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(Seed));
        await using var run = new ClusterRun(Seed, server.Url, nodes: 1, aggregators: 2);
        await run.WriteAsync(300);
        Assert.True(await Eventually.ComesAsync(CalmLimit, () => store.Count > 0), $"They never were a cluster.\n{run.History}");
        foreach (ClusterMember member in (ClusterMember[])[run.Aggregators[1], run.Nodes[0]])
        {
            Assert.True(await member.TerminateAsync(CalmLimit), $"{member.Name} does not end.\n{run.History}");
            await run.WriteAsync(300);
        }
        run.Finish();
        Judge(run, store, await run.DifferencesAsync(store, CalmLimit));
        Assert.DoesNotContain("member_killed", run.History, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_told_to_leave_waits_for_what_is_under_way_so_that_nothing_is_done_twice()
    {
        var store = new ModelStore();
        // Long enough for something to be under way whenever one of them is told.
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(Seed) { AnswersAfter = TimeSpan.FromMilliseconds(500) });
        await using var run = new ClusterRun(Seed, server.Url, nodes: 1, aggregators: 1);
        await run.WriteAsync(300);
        Assert.True(await Eventually.ComesAsync(CalmLimit, () => store.Count > 0), $"They never were a cluster.\n{run.History}");
        foreach (ClusterMember member in (ClusterMember[])[run.Nodes[0], run.Aggregators[0]])
        {
            await run.WriteAsync(100);
            Assert.True(await member.TerminateAsync(CalmLimit), $"{member.Name} does not end.\n{run.History}");
        }
        run.Finish();
        Judge(run, store, await run.DifferencesAsync(store, CalmLimit));
        Assert.True(store.Found + store.Conflicts == 0, $"{store.Found} documents were looked up although they were stored, {store.Conflicts} sent again.\n{run.History}");
    }

    [Fact]
    public async Task Members_that_are_told_to_leave_before_they_have_joined_end_by_themselves()
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(Seed));
        await using var run = new ClusterRun(Seed, server.Url, nodes: 1, aggregators: 1, writers: 0);
        (ClusterMember Member, Func<bool> Begins)[] members =
        [
            (run.Nodes[0], () => File.Exists(Path.Combine(run.FolderOf(0, "state"), "positions.db"))),
            (run.Aggregators[0], () => run.Aggregators[0].Said.Contains("store_ready", StringComparison.Ordinal)),
        ];
        foreach ((ClusterMember member, Func<bool> begins) in members)
        {
            Assert.True(await Eventually.ComesAsync(CalmLimit, begins), $"{member.Name} does not begin.\n{run.History}");
            Assert.True(await member.TerminateAsync(CalmLimit), $"{member.Name} does not end.\n{run.History}");
            Assert.True(member.ExitCode == 0, $"{member.Name} ends with {member.ExitCode}.\n{run.History}");
        }
    }

    private void Judge(ClusterRun run, ModelStore store, OracleVerdict verdict)
    {
        Assert.True(verdict.IsExact, $"SEED={Seed}: {verdict}\n{run.History}");
        Assert.DoesNotContain("chunk_malformed", run.History, StringComparison.Ordinal);
        Assert.DoesNotContain("id_collision", run.History, StringComparison.Ordinal);
        output.WriteLine($"SEED={Seed}: {store.Count} documents, {store.Conflicts} sent again, starts {string.Join(", ", run.Members.Select(member => $"{member.Name} {member.Starts}"))}");
    }
}
