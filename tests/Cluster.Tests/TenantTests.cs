using System.Diagnostics;
using System.Globalization;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>What one tenant's trouble is to others, with real processes: nothing.</summary>
[Collection(ProcessCollection.Name)]
public sealed class TenantTests
{
    private const int RateBytes = 100 << 10, LineBytes = 1000, Pods = 12, LinesOfPod = 85, TenantBytes = Pods * LinesOfPod * LineBytes;

    /// <summary>Saved up at the beginning (two seconds), one chunk more on each of two aggregators, and a second for what was stored before it was looked at.</summary>
    private const long SlackBytes = (3 * RateBytes) + (2 * (64 << 10));

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task A_tenants_rate_holds_over_all_aggregators_together_and_delays_nobody_else()
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(1));
        await using var run = new ClusterRun(1, server.Url, nodes: 1, aggregators: 2, writers: 0, limits: $"[{{ tenant: team-*, rate: {RateBytes / 1024}KiB }}]");
        for (int pod = 0; pod < Pods; pod++) await WriteAsync(run, "team-a", pod, LinesOfPod);
        await WriteAsync(run, "shop", 0, LinesOfPod);

        Assert.True(await Eventually.ComesAsync(Limit, () => Stored(store, "team-a") > 0), $"Nothing is stored.\n{run.History}");
        long began = Stopwatch.GetTimestamp();
        bool wasShopFirst = false;
        long stored, most = 0;
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        do
        {
            double allowed = SlackBytes + (Stopwatch.GetElapsedTime(began).TotalSeconds * RateBytes);
            stored = Stored(store, "team-a");
            most = Math.Max(most, (long)(stored - allowed));
            wasShopFirst |= stored < TenantBytes / 2 && Stored(store, "default") == LinesOfPod * LineBytes;
            Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"{stored} bytes are stored\n{run.History}");
        }
        while (stored < TenantBytes && await pause.WaitForNextTickAsync());
        Assert.True(most <= 0, $"{most} bytes more than the rate allows\n{run.History}");
        Assert.True(wasShopFirst, "The other tenant had to wait.");
        Assert.Contains("tenant_throttled", run.History, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tenant_whose_index_is_blocked_stalls_no_other_on_the_same_node_and_goes_on_when_it_is_free()
    {
        var store = new ModelStore();
        var faults = new StoreFaults(1) { BlockedTenant = "team-a" };
        await using StoreServer server = await StoreServer.StartAsync(store, faults);
        await using var run = new ClusterRun(1, server.Url, nodes: 1, aggregators: 1, writers: 0);
        // More than the node may have under way, so that it could not get past them.
        const int Blocked = 60, Free = 3;
        for (int pod = 0; pod < Blocked; pod++) await WriteAsync(run, "team-a", pod, LinesOfPod * 2);
        Assert.True(await Eventually.ComesAsync(Limit, () => run.History.Contains("tenant_held", StringComparison.Ordinal)), $"The tenant is not held.\n{run.History}");
        for (int pod = 0; pod < Free; pod++) await WriteAsync(run, "shop", pod, LinesOfPod);
        Assert.True(await Eventually.ComesAsync(Limit, () => store.Count == Free * LinesOfPod), $"{store.Count} documents\n{run.History}");

        faults.BlockedTenant = null;
        Assert.True(await Eventually.ComesAsync(Limit, () => store.Count == (Free + (2 * Blocked)) * LinesOfPod), $"{store.Count} documents\n{run.History}");
    }

    private static Task WriteAsync(ClusterRun run, string tenant, int pod, int lines)
    {
        IEnumerable<string> text = Enumerable.Range(0, lines).Select(line => $"2026-11-20T20:00:00.{line:D9}Z stdout F " + line.ToString(CultureInfo.InvariantCulture).PadLeft(LineBytes, 'x'));
        return File.WriteAllLinesAsync(Path.Combine(run.FolderOf(0, "pods", $"{tenant}_pod-{pod}_uid{pod}", "app"), "0.log"), text);
    }

    private static long Stored(ModelStore store, string tenant) => store.Documents().Where(document => document.Tenant == tenant).Sum(document => (long)document.Text.Length);
}
