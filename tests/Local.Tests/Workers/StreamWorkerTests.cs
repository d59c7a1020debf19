using LogPipeline.Configuration;
using LogPipeline.Local.Workers;
using LogPipeline.Ledger;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Workers;

public sealed class StreamWorkerTests : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly HeldSender _sender = new();
    private readonly RefusingFiles _files = new();
    private readonly WorkerFixture _fixture;
    private readonly StreamWorker _worker;
    private readonly List<DiscoveredStream> _looks = [];
    private int _wakes;

    public StreamWorkerTests()
    {
        _fixture = new WorkerFixture(_time, _sender, _files);
        _worker = new StreamWorker(_fixture.Context with { LookAgain = stream => _looks.Add(stream) }, () => _wakes++);
    }

    private PipelineOptions Options => _fixture.Options;

    public void Dispose()
    {
        _worker.Dispose();
        _fixture.Dispose();
    }

    [Fact]
    public void One_turn_does_for_a_file_that_it_reads_to_its_end_and_what_comes_later_is_read_when_it_is_told()
    {
        DiscoveredStream stream = Write("a.log", "one\n");
        Assert.NotEqual(TimeSpan.Zero, _worker.Turn());
        _sender.StoreOne();
        TurnUntilQuiet();

        File.AppendAllText(_fixture.PathOf("a.log"), "two\n");
        _worker.Touch(stream.Key);
        Assert.NotEqual(TimeSpan.Zero, _worker.Turn());
        Assert.Equal(1, _sender.Count);
    }

    [Fact]
    public void A_completion_that_nothing_waits_for_wakes_nobody()
    {
        Write("a.log", "one\n");
        TurnUntilQuiet();
        _wakes = 0;
        _sender.StoreOne();
        Assert.Equal(0, _wakes);

        // Its position is made durable with the next commit, for which the worker wakes up by itself.
        _time.Advance(Options.Ledger.CheckpointInterval);
        TurnUntilQuiet();
        Assert.True(_worker.IsIdle);
    }

    [Fact]
    public void A_completion_wakes_the_worker_when_another_body_waits_for_it()
    {
        Write("a.log", "one\n");
        TurnUntilQuiet();
        Write("a.log", "two\n");
        TurnUntilQuiet();
        Assert.Equal(1, _sender.Count);
        _wakes = 0;
        _sender.StoreOne();
        Assert.Equal(1, _wakes);
        TurnUntilQuiet();
        Assert.Equal(1, _sender.Count);
    }

    [Fact]
    public void A_completion_wakes_a_worker_that_is_drained()
    {
        Write("a.log", "one\n");
        TurnUntilQuiet();
        _worker.StopReading();
        TurnUntilQuiet();
        _wakes = 0;
        _sender.StoreOne();
        Assert.Equal(1, _wakes);
    }

    [Fact]
    public void What_is_stored_after_a_worker_was_told_to_read_no_more_is_durable_a_moment_later()
    {
        Write("a.log", "one\n");
        TurnUntilQuiet();
        _worker.StopReading();
        _sender.StoreOne();
        TimeSpan pause = TurnUntilQuiet();
        Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromMilliseconds(60));
        _time.Advance(pause);
        TurnUntilQuiet();
        Assert.True(_worker.IsIdle);
    }

    [Fact]
    public void What_was_not_read_does_not_hold_up_the_end()
    {
        Write("a.log", "one\n");
        _worker.StopReading();
        _time.Advance(Options.Ledger.CheckpointInterval);
        TurnUntilQuiet();
        Assert.True(_worker.IsIdle);
        Assert.Equal(0, _sender.Count);
    }

    [Fact]
    public void A_worker_sleeps_until_its_positions_are_due_and_then_until_it_is_told()
    {
        Write("a.log", "one\n");
        TurnUntilQuiet();
        _sender.StoreOne();
        TimeSpan pause = TurnUntilQuiet();
        Assert.InRange(pause, Options.Ledger.CheckpointInterval, Options.Ledger.CheckpointInterval + TimeSpan.FromMilliseconds(1));
        _time.Advance(pause);
        Assert.Equal(TimeSpan.FromSeconds(5), TurnUntilQuiet());
    }

    [Fact]
    public void A_stream_without_room_is_read_when_another_worker_has_made_room()
    {
        _fixture.Budget.Add(WorkerFixture.Tenant, Options.Indexing.MaxInFlightBytes);
        Write("a.log", "one\n");
        TimeSpan pause = TurnUntilQuiet();
        Assert.Equal(0, _sender.Count);
        _fixture.Budget.Remove(WorkerFixture.Tenant, Options.Indexing.MaxInFlightBytes);
        _time.Advance(pause);
        TurnUntilQuiet();
        Assert.Equal(1, _sender.Count);
    }

    [Fact]
    public void A_record_is_open_where_its_end_has_not_come_and_not_where_nothing_was_read()
    {
        _fixture.Budget.Add(WorkerFixture.Tenant, Options.Indexing.MaxInFlightBytes);
        Write("a.log", "one\n");
        TimeSpan pause = TurnUntilQuiet();
        Assert.Empty(Status().OpenRecords);
        _fixture.Budget.Remove(WorkerFixture.Tenant, Options.Indexing.MaxInFlightBytes);
        _time.Advance(pause);
        Write("a.log", "half");
        TurnUntilQuiet();
        Assert.Single(Status().OpenRecords);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_tried_again_for_as_long_as_that_lasts()
    {
        string path = _fixture.PathOf("a.log");
        _files.Refused = path;
        Write("a.log", "one\n");
        int tries = 0;
        for (int seconds = 0; seconds < 600; seconds++)
        {
            TurnUntilQuiet();
            _time.Advance(TimeSpan.FromSeconds(1));
            tries += LookAgain();
        }

        // Each second for a minute, and every half minute after that.
        Assert.InRange(tries, 60 + 17, 60 + 19);
        Assert.Equal(path, Assert.Single(Status().Refused).Path);
        Assert.True(_worker.IsIdle);

        _files.Refused = null;
        _time.Advance(TimeSpan.FromSeconds(30));
        TurnUntilQuiet();
        Assert.Equal(1, LookAgain());
        TurnUntilQuiet();
        Assert.Empty(Status().Refused);
        Assert.Equal(1, _sender.Count);
    }

    private int LookAgain()
    {
        DiscoveredStream[] asked = [.. _looks];
        _looks.Clear();
        foreach (DiscoveredStream stream in asked) _worker.Sync(stream with { ListedAt = _time.GetTimestamp() });
        return asked.Length;
    }

    private WorkerStatus Status()
    {
        Task<WorkerStatus> status = _worker.FreshStatusAsync();
        TurnUntilQuiet();
        return status.Result;
    }

    private DiscoveredStream Write(string name, string lines)
    {
        DiscoveredStream stream = _fixture.Write(name, lines);
        _worker.Sync(stream);
        return stream;
    }

    [Fact]
    public void A_tenant_over_its_rate_waits_in_its_files()
    {
        string line = new string('x', 1023) + "\n";
        Write("a.log", string.Concat(Enumerable.Repeat(line, 8 << 10)));
        // What two seconds bring is there to begin with; a chunk may pass the end.
        for (int seconds = 2; seconds < 6; seconds++)
        {
            TurnUntilQuiet();
            while (_sender.Count > 0)
            {
                _sender.StoreOne();
                TurnUntilQuiet();
            }
            Assert.InRange(_sender.StoredBytes, seconds * WorkerFixture.RateBytes, (seconds * WorkerFixture.RateBytes) + Options.Tailing.ChunkBytes + TailCrc.MaxBytes);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void New_files_that_are_read_one_after_the_other_do_not_each_wait_for_a_sync_of_their_own()
    {
        Options.Indexing.MaxBodyBytes = 64 << 10;
        string lines = string.Concat(Enumerable.Repeat(new string('x', 1023) + "\n", 64));
        for (int file = 0; file < 20; file++) Write($"{file}.log", lines);
        long before = _fixture.Journal.Sequence;
        TurnUntilQuiet();
        Assert.InRange(_sender.Count, 20, 100);
        Assert.InRange(_fixture.Journal.Sequence - before, 1, 2);
    }

    private TimeSpan TurnUntilQuiet()
    {
        TimeSpan pause;
        while ((pause = _worker.Turn()) == TimeSpan.Zero)
        {
            // another turn is due
        }
        return pause;
    }

    private sealed class RefusingFiles : IFileSystem
    {
        private readonly UnixFileSystem _disk = new();

        /// <summary>The path of a file that cannot be opened.</summary>
        public string? Refused { get; set; }

        public IReadOnlyList<DirectoryItem> List(string directory) => _disk.List(directory);

        public FileStatus? Stat(string path) => _disk.Stat(path);

        public string? ResolvePath(string path) => _disk.ResolvePath(path);

        public ILogFileHandle Open(string path) => path == Refused ? throw new IOException("Too many open files") : _disk.Open(path);
    }
}
