using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Simulation;
using LogPipeline.Tests.Simulation.Storing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests;

public sealed class RotationTests
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

    [Fact]
    public void A_record_is_not_cut_for_silence_while_the_copy_that_may_hold_the_rest_of_it_is_looked_for()
    {
        using var disk = new InMemoryFileSystem();
        var random = new Random(1);
        var time = new SimulatedTime(disk);
        var store = new ModelStore(random, new Coverage());
        disk.Write(Live, "2026-11-20 23:58:00 ERROR broken\n\tat a\n"u8);
        disk.Write(Copy, []);
        using SimulatedProcess process = Start(new InMemoryStateStorage(random), disk, store, time, random);
        Run(process, disk, store, time, turns: 5, static () => false);
        disk.Write(Copy, "2026-11-20 23:58:00 ERROR broken\n\tat a\n\tat b\n"u8);
        disk.Truncate(Live, 0);
        disk.Append(Live, "2026-11-20 23:58:01 INFO next\n"u8);
        // The truncation is told at once, and the directory is not listed for ten seconds.
        process.Worker.Touch(Live);
        for (int turn = 0; turn < 500; turn++)
        {
            process.Worker.Turn();
            store.Answer();
            time.Advance(TimeSpan.FromMilliseconds(20));
        }
        Run(process, disk, store, time, turns: 1000, static () => false);

        Assert.Equal(["2026-11-20 23:58:00 ERROR broken\n\tat a\n\tat b", "2026-11-20 23:58:01 INFO next"], store.Documents.Values.Select(document => document.Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_copy_holds_is_stored_once_when_it_ends_before_what_was_stored_and_the_process_died_before_it_saw_it()
    {
        using var disk = new InMemoryFileSystem();
        Lives lives = ReadInSteps(disk, "2026-11-20 23:58:00 INFO one\n", "2026-11-20 23:58:01 INFO two\n", "2026-11-20 23:58:02 INFO three\n", "2026-11-20 23:58:03 INFO four\n");
        // What logrotate did not copy any more was read before the truncation.
        disk.Write(Copy, "2026-11-20 23:58:00 INFO one\n2026-11-20 23:58:01 INFO two\n"u8);
        disk.Truncate(Live, 0);
        disk.Append(Live, "\tat a\n2026-11-20 23:58:05 INFO last\n"u8);
        lives.ReadOn();

        Assert.Equal(["\tat a", "2026-11-20 23:58:00 INFO one", "2026-11-20 23:58:01 INFO two", "2026-11-20 23:58:02 INFO three", "2026-11-20 23:58:05 INFO last"], lives.Stored);
        Assert.Equal((true, 0), (lives.Gap, lives.LostBytes)); // the fourth was read, and nobody knows whether it was stored
    }

    [Fact]
    public void A_record_of_which_a_copy_has_the_beginning_ends_where_the_copy_ends()
    {
        using var disk = new InMemoryFileSystem();
        Lives lives = ReadInSteps(disk, "2026-11-20 23:58:00 INFO one\n", "2026-11-20 23:58:01 ERROR broken\n\tat a\n", "\tat b\n");
        disk.Write(Copy, "2026-11-20 23:58:00 INFO one\n2026-11-20 23:58:01 ERROR broken\n\tat a\n"u8);
        disk.Truncate(Live, 0);
        disk.Append(Live, "\tat c\n2026-11-20 23:58:02 INFO last\n"u8);
        lives.ReadOn();

        Assert.Equal(["\tat c", "2026-11-20 23:58:00 INFO one", "2026-11-20 23:58:01 ERROR broken\n\tat a", "2026-11-20 23:58:02 INFO last"], lives.Stored);
        Assert.Equal((true, 0), (lives.Gap, lives.LostBytes));
    }

    [Theory]
    [InlineData("2026-11-20 23:58:00 INFO one\n2026-11-20 23:58:01 INFO two\n2026-11-20 23:58:02 INFO three\n2026-11-20 23:58:03 INFO 4 and so on\n")]
    [InlineData("2026-11-20 23:58:00 INFO one\n2026-11-20 23:58:01 INFO two\n2026-11-20 23:58:02 INFO Three\n")]
    public void A_file_that_begins_like_one_that_is_gone_and_goes_on_otherwise_is_no_copy_of_it(string other)
    {
        using var disk = new InMemoryFileSystem();
        Lives lives = ReadInSteps(disk, "2026-11-20 23:58:00 INFO one\n", "2026-11-20 23:58:01 INFO two\n", "2026-11-20 23:58:02 INFO three\n", "2026-11-20 23:58:03 INFO four\n");
        disk.Write(Copy, Encoding.UTF8.GetBytes(other));
        disk.Truncate(Live, 0);
        disk.Append(Live, "2026-11-20 23:58:04 INFO last\n"u8);
        lives.ReadOn();

        foreach (string line in other.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(line, lives.Stored);
    }

    [Fact]
    public void A_line_without_an_end_that_an_earlier_process_has_joined_is_waited_for_however_long_it_takes_to_leave_its_file()
    {
        using var disk = new InMemoryFileSystem();
        var random = new Random(1);
        var time = new SimulatedTime(disk);
        var store = new ModelStore(random, new Coverage());
        var state = new InMemoryStateStorage(random);
        disk.Write(Live, "2026-11-20 23:58:00 ERROR broken\n\tat a"u8);
        disk.Write(Copy, []);
        using (SimulatedProcess process = Start(state, disk, store, time, random))
        {
            Run(process, disk, store, time, turns: 5, static () => false);
            disk.Rename(Live, Copy);
            disk.Write(Live, "2026-11-20 23:58:01 INFO next\n2026-11-20 23:58:01 INFO last\n"u8);
            process.Worker.Sync(List(disk));
            Run(process, disk, store, time, turns: 40, () => store.Documents.Count > 0);
            store.LoseProcess();
        }
        state.KillProcess();
        Assert.Contains(store.Documents.Values, document => document.Text == "2026-11-20 23:58:00 ERROR broken\n\tat a");

        // Nothing says that it was left but the ledger.
        disk.Delete(Live);
        using (SimulatedProcess process = Start(state, disk, store, time, random))
        {
            for (int turn = 0; turn < 500; turn++)
            {
                process.Worker.Turn();
                store.Answer();
                time.Advance(TimeSpan.FromMilliseconds(20));
            }
        }

        Assert.Single(store.Documents.Values, document => document.Text.Contains("broken", StringComparison.Ordinal));
        Assert.DoesNotContain(store.Documents.Values, document => document.Text.StartsWith("\tat a", StringComparison.Ordinal));
        Assert.Empty(store.DeadLetters);
    }

    [Fact]
    public void A_record_is_not_cut_for_silence_while_the_file_in_which_it_goes_on_cannot_be_opened()
    {
        using var disk = new InMemoryFileSystem();
        var random = new Random(1);
        var time = new SimulatedTime(disk);
        var store = new ModelStore(random, new Coverage());
        disk.Write(Live, "2026-11-20 23:58:00 ERROR broken\n\tat a\n"u8);
        disk.Write(Copy, []);
        using SimulatedProcess process = Start(new InMemoryStateStorage(random), disk, store, time, random);
        Run(process, disk, store, time, turns: 5, static () => false);
        disk.Rename(Live, Copy);
        disk.Write(Live, "\tat b\n2026-11-20 23:58:01 INFO next\n"u8);
        disk.Fault = static (operation, path) => operation == FileOperation.Open && path == Live ? new IOException("Input/output error") : null;
        for (int turn = 0; turn < 500; turn++)
        {
            if (turn % 25 == 0) process.Worker.Sync(List(disk));
            process.Worker.Turn();
            store.Answer();
            time.Advance(TimeSpan.FromMilliseconds(20));
        }
        disk.Fault = null;
        Run(process, disk, store, time, turns: 1000, static () => false);

        Assert.Equal(["2026-11-20 23:58:00 ERROR broken\n\tat a\n\tat b", "2026-11-20 23:58:01 INFO next"], store.Documents.Values.Select(document => document.Text).Order(StringComparer.Ordinal));
    }

    // How far it was read is durable after each step; then the process dies.
    private static Lives ReadInSteps(InMemoryFileSystem disk, params string[] steps)
    {
        var random = new Random(1);
        var time = new SimulatedTime(disk);
        var store = new ModelStore(random, new Coverage());
        var state = new InMemoryStateStorage(random);
        disk.Write(Live, []);
        disk.Write(Copy, []);
        using (SimulatedProcess process = Start(state, disk, store, time, random))
        {
            int written = 0;
            foreach (string step in steps)
            {
                disk.Append(Live, Encoding.UTF8.GetBytes(step));
                written += step.Length;
                Run(process, disk, store, time, turns: 1000, () => process.Ledger.OfStream(Live) is [var file] && process.Durable(file.Id)?.TailCrc.OffsetBytes == written);
                Assert.Equal(written, process.Durable(Assert.Single(process.Ledger.OfStream(Live)).Id)!.TailCrc.OffsetBytes);
            }
            store.LoseProcess();
        }
        state.KillProcess();
        return new(state, disk, store, time, random);
    }

    private sealed record Lives(InMemoryStateStorage State, InMemoryFileSystem Disk, ModelStore Store, SimulatedTime Time, Random Random)
    {
        /// <summary>Texts in the order of their characters.</summary>
        public IEnumerable<string> Stored => Store.Documents.Values.Select(document => document.Text).Order(StringComparer.Ordinal);

        public bool Gap { get; private set; }

        public long LostBytes { get; private set; }

        public void ReadOn()
        {
            using SimulatedProcess process = Start(State, Disk, Store, Time, Random);
            Run(process, Disk, Store, Time, turns: 1000, static () => false);
            IReadOnlyList<FileCheckpoint> files = process.Ledger.OfStream(Live);
            (Gap, LostBytes) = (files.Any(file => file.Gap), files.Sum(file => file.LostBytes));
        }
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
        Files = [.. new[] { Copy, Live }.Where(path => disk.Stat(path) is not null).Select(path => (Path: path, Status: disk.Stat(path)!.Value)).Select(file => new DiscoveredFile
        {
            Path = file.Path, Device = file.Status.Device, Inode = file.Status.Inode, SizeBytes = file.Status.SizeBytes, BirthNanos = file.Status.BirthNanos, ModifiedNanos = file.Status.ModifiedNanos, Live = file.Path == Live,
        })],
    };
}
