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

public sealed class RotationTests : IDisposable
{
    private const string Live = "/disk/app.log", Copy = Live + ".1";

    private readonly InMemoryFileSystem _disk = new();
    private readonly Random _random = new(1);
    private readonly SimulatedTime _time;
    private readonly ModelStore _store;
    private readonly InMemoryStateStorage _state;
    private SimulatedProcess? _process;

    public RotationTests()
    {
        _time = new SimulatedTime(_disk);
        _store = new ModelStore(_random, new Coverage());
        _state = new InMemoryStateStorage(_random);
        _disk.Write(Copy, []);
    }

    /// <summary>Texts in the order of their characters.</summary>
    private IEnumerable<string> Stored => _store.Documents.Values.Select(document => document.Text).Order(StringComparer.Ordinal);

    public void Dispose()
    {
        _process?.Dispose();
        _disk.Dispose();
    }

    [Fact]
    public void The_next_files_first_lines_are_not_taken_for_what_is_stored_behind_the_end_of_a_copy()
    {
        string copied = "2026-11-20 23:58:00 ERROR broken\n\tat a\n";
        _disk.Write(Copy, Encoding.UTF8.GetBytes(copied));
        // What logrotate did not copy any more is stored with what it did; and the process dies before it hears of that.
        _disk.Write(Live, Encoding.UTF8.GetBytes(copied + "\tat b\n2026-11-20 23:58:01 INFO next\n"));
        Start();
        Run(turns: 40, () => _store.Documents.Count > 0);
        Die();
        Assert.Contains(Stored, text => text.EndsWith("at b", StringComparison.Ordinal));

        _disk.Truncate(Live, 0);
        _disk.Append(Live, "\tat c\n2026-11-20 23:58:02 INFO after\n2026-11-20 23:58:03 INFO last\n"u8);
        Start();
        Run(turns: 1000);

        Assert.Contains("\tat c", Stored);
        Assert.Empty(_store.DeadLetters);
    }

    [Fact]
    public void A_record_is_not_cut_for_silence_while_the_copy_that_may_hold_the_rest_of_it_is_looked_for()
    {
        _disk.Write(Live, "2026-11-20 23:58:00 ERROR broken\n\tat a\n"u8);
        Start();
        Run(turns: 5);
        _disk.Write(Copy, "2026-11-20 23:58:00 ERROR broken\n\tat a\n\tat b\n"u8);
        _disk.Truncate(Live, 0);
        _disk.Append(Live, "2026-11-20 23:58:01 INFO next\n"u8);
        // The truncation is told at once, and the directory is not listed.
        _process!.Worker.Touch(Live);
        Wait(seconds: 10, lists: false);
        Run(turns: 1000);

        Assert.Equal(["2026-11-20 23:58:00 ERROR broken\n\tat a\n\tat b", "2026-11-20 23:58:01 INFO next"], Stored);
    }

    [Fact]
    public void A_record_is_not_cut_for_silence_while_the_file_in_which_it_goes_on_cannot_be_opened()
    {
        _disk.Write(Live, "2026-11-20 23:58:00 ERROR broken\n\tat a\n"u8);
        Start();
        Run(turns: 5);
        _disk.Rename(Live, Copy);
        _disk.Write(Live, "\tat b\n2026-11-20 23:58:01 INFO next\n"u8);
        _disk.Fault = static (operation, path) => operation == FileOperation.Open && path == Live ? new IOException("Input/output error") : null;
        Wait(seconds: 10, lists: true);
        _disk.Fault = null;
        Run(turns: 1000);

        Assert.Equal(["2026-11-20 23:58:00 ERROR broken\n\tat a\n\tat b", "2026-11-20 23:58:01 INFO next"], Stored);
    }

    [Fact]
    public void A_record_that_an_earlier_process_has_joined_over_two_files_is_not_cut_for_silence_before_the_second_one_is_found()
    {
        _disk.Write(Live, "2026-11-20 23:58:00 ERROR broken\n\tat a\n"u8);
        Start();
        Run(turns: 5);
        _disk.Rename(Live, Copy);
        _disk.Write(Live, "\tat b\n2026-11-20 23:58:01 INFO next\n2026-11-20 23:58:01 INFO last\n"u8);
        _process!.Worker.Sync(List());
        Run(turns: 40, () => _store.Documents.Count > 0);
        Die();
        Assert.Contains("2026-11-20 23:58:00 ERROR broken\n\tat a\n\tat b", Stored);

        // As in the moment of a rotation: it has its name again after a second and a half.
        _disk.Rename(Live, Live + ".new");
        Start();
        Wait(seconds: 1.5, lists: true);
        _disk.Rename(Live + ".new", Live);
        Run(turns: 1000);

        Assert.Equal(["2026-11-20 23:58:00 ERROR broken\n\tat a\n\tat b", "2026-11-20 23:58:01 INFO last", "2026-11-20 23:58:01 INFO next"], Stored);
        Assert.Empty(_store.DeadLetters);
    }

    [Fact]
    public void A_line_without_an_end_that_an_earlier_process_has_joined_is_waited_for_however_long_it_takes_to_leave_its_file()
    {
        _disk.Write(Live, "2026-11-20 23:58:00 ERROR broken\n\tat a"u8);
        Start();
        Run(turns: 5);
        _disk.Rename(Live, Copy);
        _disk.Write(Live, "2026-11-20 23:58:01 INFO next\n2026-11-20 23:58:01 INFO last\n"u8);
        _process!.Worker.Sync(List());
        Run(turns: 40, () => _store.Documents.Count > 0);
        Die();
        Assert.Contains("2026-11-20 23:58:00 ERROR broken\n\tat a", Stored);

        // Nothing says that it was left but the ledger.
        _disk.Delete(Live);
        Start();
        Wait(seconds: 10, lists: false);

        Assert.Single(Stored, text => text.Contains("broken", StringComparison.Ordinal));
        Assert.DoesNotContain("\tat a", Stored);
        Assert.Empty(_store.DeadLetters);
    }

    [Fact]
    public void What_a_copy_holds_is_stored_once_when_it_ends_before_what_was_stored_and_the_process_died_before_it_saw_it()
    {
        ReadInSteps("2026-11-20 23:58:00 INFO one\n", "2026-11-20 23:58:01 INFO two\n", "2026-11-20 23:58:02 INFO three\n", "2026-11-20 23:58:03 INFO four\n");
        // What logrotate did not copy any more was read before the truncation.
        _disk.Write(Copy, "2026-11-20 23:58:00 INFO one\n2026-11-20 23:58:01 INFO two\n"u8);
        _disk.Truncate(Live, 0);
        _disk.Append(Live, "\tat a\n2026-11-20 23:58:05 INFO last\n"u8);
        Start();
        Run(turns: 1000);

        Assert.Equal(["\tat a", "2026-11-20 23:58:00 INFO one", "2026-11-20 23:58:01 INFO two", "2026-11-20 23:58:02 INFO three", "2026-11-20 23:58:05 INFO last"], Stored);
        AssertGap(); // the fourth was read, and nobody knows whether it was stored
    }

    [Fact]
    public void A_record_of_which_a_copy_has_the_beginning_ends_where_the_copy_ends()
    {
        ReadInSteps("2026-11-20 23:58:00 INFO one\n", "2026-11-20 23:58:01 ERROR broken\n\tat a\n", "\tat b\n");
        _disk.Write(Copy, "2026-11-20 23:58:00 INFO one\n2026-11-20 23:58:01 ERROR broken\n\tat a\n"u8);
        _disk.Truncate(Live, 0);
        _disk.Append(Live, "\tat c\n2026-11-20 23:58:02 INFO last\n"u8);
        Start();
        Run(turns: 1000);

        Assert.Equal(["\tat c", "2026-11-20 23:58:00 INFO one", "2026-11-20 23:58:01 ERROR broken\n\tat a", "2026-11-20 23:58:02 INFO last"], Stored);
        AssertGap();
    }

    [Theory]
    [InlineData("2026-11-20 23:58:00 INFO one\n2026-11-20 23:58:01 INFO two\n2026-11-20 23:58:02 INFO three\n2026-11-20 23:58:03 INFO 4 and so on\n")]
    [InlineData("2026-11-20 23:58:00 INFO one\n2026-11-20 23:58:01 INFO two\n2026-11-20 23:58:02 INFO Three\n")]
    public void A_file_that_begins_like_one_that_is_gone_and_goes_on_otherwise_is_no_copy_of_it(string other)
    {
        ReadInSteps("2026-11-20 23:58:00 INFO one\n", "2026-11-20 23:58:01 INFO two\n", "2026-11-20 23:58:02 INFO three\n", "2026-11-20 23:58:03 INFO four\n");
        Start();
        Run(turns: 100); // the last record is cut and durable, too
        Die();
        _disk.Write(Copy, Encoding.UTF8.GetBytes(other));
        _disk.Truncate(Live, 0);
        _disk.Append(Live, "2026-11-20 23:58:04 INFO last\n"u8);
        Start();
        Run(turns: 1000);

        foreach (string line in other.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(line, Stored);
    }

    // How far it was read is durable after each step; then the process dies.
    private void ReadInSteps(params string[] steps)
    {
        _disk.Write(Live, []);
        Start();
        int written = 0;
        foreach (string step in steps)
        {
            _disk.Append(Live, Encoding.UTF8.GetBytes(step));
            written += step.Length;
            Run(turns: 1000, () => DurableOffset() == written);
            Assert.Equal(written, DurableOffset());
        }
        Die();
    }

    private long? DurableOffset() => _process!.Ledger.OfStream(Live) is [var file] ? _process.Durable(file.Id)?.TailCrc.OffsetBytes : null;

    private void AssertGap()
    {
        IReadOnlyList<FileCheckpoint> files = _process!.Ledger.OfStream(Live);
        Assert.Contains(files, static file => file.Gap);
        Assert.DoesNotContain(files, static file => file.LostBytes > 0);
    }

    private void Start()
    {
        _process = SimulatedProcess.TryStart(_state, _disk, _store, _time, _random, new PipelineOptions { Joining = { Preset = "java" } }, static _ => { })!;
        _process.Worker.Sync(List());
    }

    private void Die()
    {
        _store.LoseProcess();
        _process!.Dispose();
        _state.KillProcess();
    }

    // The last turns are not followed by an answer that the process hears.
    private void Run(int turns, Func<bool>? isEnough = null)
    {
        for (; turns > 0 && isEnough?.Invoke() is not true; turns--)
        {
            Turn(TimeSpan.FromMilliseconds(50));
            if (turns % 10 == 0) _process!.Worker.Sync(List());
        }
    }

    // In steps that are no divisors of the pauses between two looks at what is silent.
    private void Wait(double seconds, bool lists)
    {
        for (int turn = 0; turn < seconds * 50; turn++)
        {
            if (lists && turn % 25 == 0) _process!.Worker.Sync(List());
            Turn(TimeSpan.FromMilliseconds(20));
        }
    }

    private void Turn(TimeSpan takes)
    {
        _process!.Worker.Turn();
        _store.Answer();
        _time.Advance(takes);
    }

    private DiscoveredStream List() => new()
    {
        Key = Live, Kind = SourceKind.Plain, Format = LogFormat.Plain, Origin = new LogOrigin(),
        Files = [.. new[] { Copy, Live }.Where(path => _disk.Stat(path) is not null).Select(path => (Path: path, Status: _disk.Stat(path)!.Value)).Select(file => new DiscoveredFile
        {
            Path = file.Path, Device = file.Status.Device, Inode = file.Status.Inode, SizeBytes = file.Status.SizeBytes, BirthNanos = file.Status.BirthNanos, ModifiedNanos = file.Status.ModifiedNanos, Live = file.Path == Live,
        })],
    };
}
