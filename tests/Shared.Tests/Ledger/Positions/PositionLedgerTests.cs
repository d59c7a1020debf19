using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Ledger.Positions;

public sealed class PositionLedgerTests
{
    /// <summary>Writing may wait for threads of a pool: those that ask what is known must not wait for it.</summary>
    [Fact]
    public async Task What_is_known_is_told_while_positions_are_written()
    {
        using var store = new SlowStore();
        var ledger = new PositionLedger(store, TimeProvider.System);
        FileCheckpoint file = FileCheckpointCodecTests.Sample();
        ledger.Register(file);
        store.Waits = true;
        Task writing = Task.Factory.StartNew(() => ledger.Commit([file]), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await store.Entered.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Task asked = Task.Factory.StartNew(() => (ledger.Find(file.Id), ledger.OfStream(file.StreamKey), ledger.FindByFingerprint(file.Fingerprint), ledger.Files), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await asked.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        finally
        {
            store.Release.Set();
        }
        await writing;
    }

    [Fact]
    public void A_file_that_comes_again_before_it_was_forgotten_on_disk_is_kept()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(new InMemoryStateStorage(new Random(1)), new JournalOptions(), out _);
        var ledger = new PositionLedger(journal, TimeProvider.System);
        FileCheckpoint file = FileCheckpointCodecTests.Sample();
        ledger.Register(file);
        ledger.Commit([file]);
        ledger.Forget(file);
        FileCheckpoint again = FileCheckpointCodecTests.Sample();
        ledger.Register(again);
        ledger.Commit([again]);

        Assert.True(journal.TryGet(again.Id, out _));

        ledger.Forget(again);
        FileCheckpoint other = new() { Id = new(new UInt128(3, 4)), StreamKey = "other", Ordinal = 1, Kind = file.Kind, Fingerprint = file.Fingerprint };
        other.Pins.AddRange(file.Pins);
        ledger.Commit([other]);
        Assert.False(journal.TryGet(again.Id, out _));
    }

    private sealed class SlowStore : ICheckpointStore, IDisposable
    {
        public bool Waits { get; set; }

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Release { get; } = new();

        public bool IsReadOnly => false;

        public long Sequence => 0;

        public bool TryGet(FileId key, out ReadOnlyMemory<byte> value)
        {
            value = default;
            return false;
        }

        public KeyValuePair<FileId, ReadOnlyMemory<byte>>[] ToArray() => [];

        public void Append(JournalBatch batch)
        {
            if (!Waits) return;
            Entered.SetResult();
            Release.Wait();
        }

        public void Dispose() => Release.Dispose();
    }
}
