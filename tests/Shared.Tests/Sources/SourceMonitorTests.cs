using System.Collections.Concurrent;
using LogPipeline.Configuration;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Sources;
using LogPipeline.Tests.Indexing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Sources;

/// <summary>The thread that tells readers of their files, over a real file system.</summary>
public sealed class SourceMonitorTests : IDisposable
{
    private const int Rounds = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly RealDisk _disk = new();

    public void Dispose() => _disk.Dispose();

    // A stream that asks and is not answered stands still: nobody tells of files that have not changed.
    [Fact]
    public void Whoever_asks_for_another_look_is_told_of_it_also_when_others_ask_at_the_same_moment()
    {
        string[] paths = [Path.Join(_disk.Root, "a.log"), Path.Join(_disk.Root, "b.log")];
        foreach (string path in paths) _disk.Write(path, "line\n"u8);
        var readers = new Answers();
        var options = new PipelineOptions { Sources = [new SourceOptions { Path = Path.Join(_disk.Root, "*.log") }] };
        using var monitor = new SourceMonitor(options, _disk.Files, readers, [], new RecordingLog(), TimeProvider.System);
        using CheckpointJournal journal = CheckpointJournal.Open(new InMemoryStateStorage(new Random(1)), CheckpointJournalModel.SmallOptions, out _);
        monitor.Start(new PositionLedger(journal, TimeProvider.System));
        var streams = monitor.Streams.ToDictionary(stream => stream.Key);
        using var together = new Barrier(paths.Length);
        Parallel.ForEach(paths, new ParallelOptions { MaxDegreeOfParallelism = paths.Length }, path =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                together.SignalAndWait(Patience);
                long asked = TimeProvider.System.GetTimestamp();
                monitor.LookAgain(streams[path]);
                Assert.True(readers.WaitFor(path, asked, Patience), $"{path} was not told of a look in round {round}");
            }
        });
    }

    private sealed class Answers : IStreamReaders
    {
        private readonly ConcurrentDictionary<string, BlockingCollection<long>> _listedAt = [];

        public void Sync(DiscoveredStream stream) => Of(stream.Key).Add(stream.ListedAt);

        public void Touch(ReadOnlySpan<string> streamKeys)
        {
            // nobody reads here
        }

        public bool WaitFor(string key, long since, TimeSpan patience)
        {
            while (Of(key).TryTake(out long listedAt, patience))
                if (listedAt >= since) return true;
            return false;
        }

        private BlockingCollection<long> Of(string key) => _listedAt.GetOrAdd(key, _ => []);
    }
}
