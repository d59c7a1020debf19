using System.Collections.Concurrent;
using LogPipeline.Indexing;
using LogPipeline.Local.Workers;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Workers;

/// <summary>On which thread files are read.</summary>
public sealed class WorkerGroupTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly StoppingSender _sender = new();
    private readonly WorkerFixture _fixture;

    public WorkerGroupTests()
    {
        _fixture = new WorkerFixture(TimeProvider.System, _sender, new UnixFileSystem());
        _fixture.Options.Ledger.CheckpointInterval = TimeSpan.FromMilliseconds(50);
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _sender.Dispose();
    }

    [Fact]
    public void The_only_worker_reads_on_the_thread_that_tells_of_new_lines()
    {
        using WorkerGroup workers = Start(1);
        var threads = new HashSet<int>();
        // Its own thread may be about to go to sleep yet.
        for (int line = 0; line < 5; line++)
        {
            _fixture.Write("a.log", "two\n");
            workers.Touch([_fixture.PathOf("a.log")]);
            threads.Add(_sender.Take(Patience));
            WaitForIdle(workers);
        }
        Assert.Contains(Environment.CurrentManagedThreadId, threads);
    }

    [Fact]
    public void Several_workers_read_on_threads_of_their_own_so_that_none_waits_for_the_file_of_another()
    {
        using WorkerGroup workers = Start(2);
        _fixture.Write("a.log", "two\n");
        workers.Touch([_fixture.PathOf("a.log")]);
        Assert.NotEqual(Environment.CurrentManagedThreadId, _sender.Take(Patience));
        WaitForIdle(workers);
    }

    [Fact]
    public void Whoever_tells_of_new_lines_does_not_wait_for_a_worker_that_is_busy()
    {
        using WorkerGroup workers = Start(1);
        _sender.Stop();
        workers.Sync(_fixture.Write("a.log", "two\n"));
        int own = _sender.Take(Patience); // it stands still in there
        _fixture.Write("a.log", "three\n");
        workers.Touch([_fixture.PathOf("a.log")]);
        _sender.GoOn();
        Assert.Equal(own, _sender.Take(Patience));
        WaitForIdle(workers);
    }

    private WorkerGroup Start(int count)
    {
        var workers = new WorkerGroup(_fixture.Context with { Workers = count }, count);
        workers.Sync(_fixture.Write("a.log", "one\n"));
        _sender.Take(Patience);
        WaitForIdle(workers);
        return workers;
    }

    private static void WaitForIdle(WorkerGroup workers) => Assert.True(SpinWait.SpinUntil(() => workers.IsIdle, Patience));

    /// <summary>Stores at once; tells on which thread it was called, and can be made to stand still there.</summary>
    private sealed class StoppingSender : IBulkSender, IDisposable
    {
        private readonly BlockingCollection<int> _calledOn = [];
        private readonly ManualResetEventSlim _mayGoOn = new(true);

        public void Stop() => _mayGoOn.Reset();

        public void GoOn() => _mayGoOn.Set();

        public int Take(TimeSpan patience) => _calledOn.TryTake(out int thread, patience) ? thread : throw new TimeoutException("nothing was sent");

        public void Send(BulkBody body, Action<BulkBody> completed)
        {
            _calledOn.Add(Environment.CurrentManagedThreadId);
            _mayGoOn.Wait();
            foreach (ref BulkItem item in body.Items) item.Outcome = ItemOutcome.Stored;
            completed(body);
        }

        public int InFlight(string tenant) => 0;

        public void Dispose()
        {
            _calledOn.Dispose();
            _mayGoOn.Dispose();
        }
    }
}
