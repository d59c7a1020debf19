using System.Globalization;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>What members have to say to each other does not wait behind log, with real processes.</summary>
[Collection(ProcessCollection.Name)]
public sealed class FullLoadTests
{
    private const int Pods = 160, LinesOfPod = 64, LineBytes = 16_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task While_two_nodes_send_all_they_can_nobody_is_taken_for_unreachable()
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(1));
        await using var run = new ClusterRun(1, server.Url, nodes: 2, aggregators: 2, writers: 0);
        for (int pod = 0; pod < Pods; pod++) await WriteAsync(run, pod);

        Assert.True(await Eventually.ComesAsync(Limit, () => store.Count == Pods * LinesOfPod), $"{store.Count} documents\n{run.History}");
        // As the engine says it of a member whose heartbeats it misses, and of one whose heartbeats come late.
        Assert.DoesNotContain("UNREACHABLE", run.History, StringComparison.Ordinal);
        Assert.DoesNotContain("heartbeat interval is growing too large", run.History, StringComparison.Ordinal);
    }

    private static Task WriteAsync(ClusterRun run, int pod)
    {
        IEnumerable<string> text = Enumerable.Range(0, LinesOfPod).Select(line => $"2026-11-20T20:00:00.{line:D9}Z stdout F " + line.ToString(CultureInfo.InvariantCulture).PadLeft(LineBytes, 'x'));
        return File.WriteAllLinesAsync(Path.Combine(run.FolderOf(pod % 2, "pods", $"shop_pod-{pod}_uid{pod}", "app"), "0.log"), text);
    }
}
