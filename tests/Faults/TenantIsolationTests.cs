using LogPipeline.Configuration;
using LogPipeline.Sources;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Simulation;
using LogPipeline.Tests.Simulation.Storing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests;

public sealed class TenantIsolationTests
{
    [Fact]
    public void A_tenant_whose_requests_are_never_answered_stops_no_other()
    {
        var random = new Random(1);
        using var disk = new InMemoryFileSystem();
        var time = new SimulatedTime(disk);
        var store = new ModelStore(random, new Coverage()) { StuckTenant = "stuck" };
        var options = new PipelineOptions
        {
            Tailing = { ChunkBytes = 256 }, Indexing = { MaxBodyBytes = 600, MaxInFlightBytes = 4 << 10 },
            Tenancy = new TenancyOptions { Default = "other", Rules = { new TenantRule { Namespace = "stuck", Tenant = "stuck" } } },
        };
        using SimulatedProcess process = SimulatedProcess.TryStart(new InMemoryStateStorage(random), disk, store, time, random, options, static _ => { })!;
        foreach (string name in (string[])["stuck", "other"]) process.Worker.Sync(Write(disk, name, lines: 200));

        for (int turn = 0; turn < 3000; turn++)
        {
            process.Worker.Turn();
            store.Answer();
            time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(200, store.Documents.Values.Count(document => document.Tenant == "other"));
        Assert.DoesNotContain(store.Documents.Values, document => document.Tenant == "stuck");

        store.StuckTenant = null;
        for (int turn = 0; turn < 6000 && !(process.Worker.IsIdle && store.IsQuiet); turn++)
        {
            process.Worker.Turn();
            store.Answer();
            time.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal(200, store.Documents.Values.Count(document => document.Tenant == "stuck"));
    }

    private static DiscoveredStream Write(InMemoryFileSystem disk, string name, int lines)
    {
        string path = $"{disk.Root}/{name}/0.log";
        disk.Write(path, System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, lines).Select(line => $"2026-11-20T23:00:00.{line:D9}Z stdout F INFO line {line} of {name}\n"))));
        LogPipeline.Tailing.FileStatus status = disk.Stat(path)!.Value;
        return new DiscoveredStream
        {
            Key = path, Kind = SourceKind.Kubelet, Format = LogFormat.Cri, Origin = new LogOrigin { Namespace = name, Pod = name, PodUid = name, Container = "app" },
            Files = [new DiscoveredFile { Path = path, Device = status.Device, Inode = status.Inode, SizeBytes = status.SizeBytes, BirthNanos = status.BirthNanos, Live = true }],
        };
    }
}
