using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Simulation;
using LogPipeline.Tests.Simulation.Storing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests;

public sealed class CopyTruncateTests
{
    private const string Live = "/disk/app.log", Copy = Live + ".1";

    [Fact]
    public void The_next_files_first_lines_are_not_taken_for_what_is_stored_behind_the_end_of_a_copy()
    {
        var random = new Random(1);
        using var disk = new InMemoryFileSystem();
        var time = new SimulatedTime(disk);
        var store = new ModelStore(random, new Coverage());
        var state = new InMemoryStateStorage(random);
        string copied = "2026-11-20 23:58:00 ERROR broken\n\tat a\n";
        disk.Write(Live, Encoding.UTF8.GetBytes(copied));
        disk.Write(Copy, Encoding.UTF8.GetBytes(copied));
        // What logrotate did not copy any more is stored with what it did; and the process dies before it hears of that.
        disk.Append(Live, "\tat b\n2026-11-20 23:58:01 INFO next\n"u8);
        using (SimulatedProcess process = Start(state, disk, store, time, random))
        {
            Run(process, disk, store, time, turns: 40, () => store.Documents.Count > 0);
            store.LoseProcess();
        }
        Assert.Contains(store.Documents.Values, document => document.Text.EndsWith("at b", StringComparison.Ordinal));
        state.KillProcess();

        disk.Truncate(Live, 0);
        disk.Append(Live, "\tat c\n2026-11-20 23:58:02 INFO after\n2026-11-20 23:58:03 INFO last\n"u8);
        using (SimulatedProcess process = Start(state, disk, store, time, random)) Run(process, disk, store, time, turns: 1000, static () => false);

        Assert.Contains(store.Documents.Values, document => document.Text == "\tat c");
        Assert.Empty(store.DeadLetters);
    }

    private static SimulatedProcess Start(InMemoryStateStorage state, InMemoryFileSystem disk, ModelStore store, SimulatedTime time, Random random)
    {
        SimulatedProcess process = SimulatedProcess.TryStart(state, disk, store, time, random, new PipelineOptions { Joining = { Preset = "java" } }, static _ => { })!;
        process.Worker.Sync(List(disk));
        return process;
    }

    // The last turns are not followed by an answer that the process hears.
    private static void Run(SimulatedProcess process, InMemoryFileSystem disk, ModelStore store, SimulatedTime time, int turns, Func<bool> isEnough)
    {
        for (; turns > 0 && !isEnough(); turns--)
        {
            process.Worker.Turn();
            store.Answer();
            time.Advance(TimeSpan.FromMilliseconds(50));
            if (turns % 10 == 0) process.Worker.Sync(List(disk));
        }
    }

    private static DiscoveredStream List(InMemoryFileSystem disk) => new()
    {
        Key = Live, Kind = SourceKind.Plain, Format = LogFormat.Plain, Origin = new LogOrigin(),
        Files = [.. new[] { Copy, Live }.Select(path => (Path: path, Status: disk.Stat(path)!.Value)).Select(file => new DiscoveredFile
        {
            Path = file.Path, Device = file.Status.Device, Inode = file.Status.Inode, SizeBytes = file.Status.SizeBytes, BirthNanos = file.Status.BirthNanos, ModifiedNanos = file.Status.ModifiedNanos, Live = file.Path == Live,
        })],
    };
}
