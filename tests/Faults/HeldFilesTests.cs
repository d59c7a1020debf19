using LogPipeline.Configuration;
using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Simulation;
using LogPipeline.Tests.Simulation.Storing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests;

public sealed class HeldFilesTests
{
    [Fact]
    public void Past_the_budget_the_oldest_deleted_file_is_given_up_and_its_loss_counted()
    {
        var random = new Random(1);
        using var disk = new InMemoryFileSystem();
        var time = new SimulatedTime(disk);
        var store = new ModelStore(random, new Coverage()) { StuckTenant = "default" };
        var options = new PipelineOptions { Tailing = { ChunkBytes = 256, HeldDeletedBytes = 7_000 }, Indexing = { MaxBodyBytes = 600, MaxInFlightBytes = 1 << 10 } };
        using SimulatedProcess process = SimulatedProcess.TryStart(new InMemoryStateStorage(random), disk, store, time, random, options, static _ => { })!;
        DiscoveredStream[] streams = [Write(disk, "older"), Write(disk, "younger")];
        foreach (DiscoveredStream stream in streams) process.Worker.Sync(stream);
        Run(process, time, turns: 20);

        foreach (DiscoveredStream stream in streams)
        {
            disk.Delete(stream.Key);
            process.Worker.Sync(stream with { Files = [] });
            Run(process, time, turns: 20);
        }
        Run(process, time, turns: 100);
        store.StuckTenant = null;
        for (int turn = 0; turn < 5000 && !process.Worker.IsIdle; turn++)
        {
            process.Worker.Turn();
            store.Answer();
            time.Advance(TimeSpan.FromMilliseconds(20));
        }

        FileCheckpoint older = process.Ledger.Files.Single(file => file.StreamKey == streams[0].Key), younger = process.Ledger.Files.Single(file => file.StreamKey == streams[1].Key);
        Assert.True(older.LostBytes > 0);
        Assert.Equal(streams[0].Files[0].SizeBytes, older.LostBytes + older.Stored.Sum(range => range.Bytes));
        Assert.Equal(0, younger.LostBytes);
        Assert.Equal(streams[1].Files[0].SizeBytes, younger.Stored.Sum(range => range.Bytes));
        Assert.Equal(0, disk.OpenHandles);
    }

    private static void Run(SimulatedProcess process, SimulatedTime time, int turns)
    {
        for (; turns > 0; turns--)
        {
            process.Worker.Turn();
            time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    private static DiscoveredStream Write(InMemoryFileSystem disk, string name)
    {
        string path = $"{disk.Root}/{name}/0.log";
        disk.Write(path, System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(line => $"2026-11-20T23:00:00.{line:D9}Z stdout F INFO line {line} of {name}\n"))));
        FileStatus status = disk.Stat(path)!.Value;
        return new DiscoveredStream
        {
            Key = path, Kind = SourceKind.Kubelet, Format = LogFormat.Cri, Origin = new LogOrigin { Namespace = name, Pod = name, PodUid = name, Container = "app" },
            Files = [new DiscoveredFile { Path = path, Device = status.Device, Inode = status.Inode, SizeBytes = status.SizeBytes, BirthNanos = status.BirthNanos, Live = true }],
        };
    }
}
