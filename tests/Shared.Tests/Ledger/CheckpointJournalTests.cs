using System.Globalization;
using System.Text;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger.State;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Ledger;

public sealed class CheckpointJournalTests : CheckpointJournalFixture
{
    private readonly string _directory = Directory.CreateTempSubdirectory("journal-").FullName;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Values_survive_restarts_and_compaction(bool real)
    {
        IStateStorage storage = real ? new DirectoryStateStorage(_directory) : Storage;
        var random = new Random(7);
        Dictionary<FileId, byte[]> state = [];
        for (int life = 0; life < 4; life++)
        {
            using CheckpointJournal journal = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions, out JournalRecovery recovery);
            Assert.Equal(life == 0, recovery.Fresh);
            Assert.Empty(recovery.Findings);
            Assert.True(CheckpointJournalModel.Same(state, CheckpointJournalModel.StateOf(journal)));
            for (int number = 0; number < 40; number++)
            {
                state = CheckpointJournalModel.Fill(Batch, state, random);
                journal.Append(Batch);
            }

            Assert.Equal((life + 1) * 40, journal.Sequence);
            Assert.Equal(2, storage.List().Count);
            Assert.Equal(storage.List().Sum(name => Length(storage, name)), journal.BytesOnDisk);
        }
    }

    [Fact]
    public void The_last_operation_of_a_key_counts()
    {
        using (CheckpointJournal journal = CheckpointJournal.Open(Storage, Options, out _))
        {
            Batch.Put(CheckpointJournalModel.Key(1), "a"u8);
            Batch.Delete(CheckpointJournalModel.Key(1));
            Batch.Put(CheckpointJournalModel.Key(2), "b"u8);
            Batch.Put(CheckpointJournalModel.Key(2), ""u8);
            Batch.Delete(CheckpointJournalModel.Key(3));
            journal.Append(Batch);
        }

        using CheckpointJournal again = CheckpointJournal.Open(Storage, Options, out _);
        Assert.False(again.TryGet(CheckpointJournalModel.Key(1), out _));
        Assert.True(again.TryGet(CheckpointJournalModel.Key(2), out ReadOnlyMemory<byte> value));
        Assert.Equal(0, value.Length);
        Assert.Equal(1, again.Count);
    }

    [Fact]
    public void Values_larger_than_every_buffer_survive()
    {
        var large = new byte[700_000];
        new Random(3).NextBytes(large);
        for (int life = 0; life < 3; life++)
        {
            using CheckpointJournal journal = CheckpointJournal.Open(Storage, Options, out _);
            if (life > 0)
            {
                Assert.True(journal.TryGet(CheckpointJournalModel.Key(1), out ReadOnlyMemory<byte> value));
                Assert.True(value.Span.SequenceEqual(large));
            }

            Put(journal, 1, large);
            Put(journal, 2, large);
        }
    }

    [Fact]
    public void An_append_costs_one_sync()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(Storage, Options, out _);
        Put(journal, 1, "first"u8);
        (int files, int directories) = (Storage.FileSyncs, Storage.DirectorySyncs);
        Put(journal, 2, "second"u8);
        Assert.Equal((files + 1, directories), (Storage.FileSyncs, Storage.DirectorySyncs));
    }

    [Fact]
    public void Opening_to_read_and_an_empty_batch_write_nothing()
    {
        Write("a", "b");
        int writes = Storage.Writes;
        CheckpointJournal.Open(Storage, Options with { ReadOnly = true }, out _).Dispose();
        Assert.Equal(writes, Storage.Writes);
        using CheckpointJournal journal = CheckpointJournal.Open(Storage, Options, out _);
        writes = Storage.Writes;
        Batch.Clear();
        journal.Append(Batch);
        Assert.Equal(writes, Storage.Writes);
    }

    [Fact]
    public void The_journal_stays_within_a_multiple_of_what_it_holds()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(Storage, Options with { CompactionMinBytes = 10_000 }, out _);
        for (int round = 0; round < 2000; round++) Put(journal, round % 20, new byte[100]);
        Assert.InRange(journal.BytesOnDisk, 1, 2 * 11_000);
        Assert.Equal(2, Storage.Names.Count);
    }

    [Fact]
    public void A_compaction_that_fails_costs_no_batch_and_is_tried_again()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(Storage, Options with { CompactionMinBytes = 5_000 }, out _);
        for (int round = 0; round < 5; round++) Put(journal, round, new byte[400]);
        Storage.Faults = new StateStorageFaults { CapacityBytes = 9_500 };
        int before = Storage.Writes;
        while (journal.CompactionFailure is null) Put(journal, 0, new byte[400]);
        Assert.Contains("No space", journal.CompactionFailure.Message, StringComparison.Ordinal);
        long sequence = journal.Sequence;
        Storage.Faults = new StateStorageFaults();
        while (journal.CompactionFailure is not null) Put(journal, 0, new byte[400]);
        Assert.True(journal.Sequence > sequence);
        Assert.DoesNotContain(Storage.Names, name => name.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.True(Storage.Writes > before);
    }

    [Fact]
    public void On_a_full_disk_a_small_batch_needs_no_new_generation()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(Storage, Options, out _);
        Put(journal, 1, "one"u8);
        IReadOnlyList<string> names = Storage.Names;
        Storage.Faults = new StateStorageFaults { CapacityBytes = journal.BytesOnDisk + 100 };
        Assert.Throws<IOException>(() => Put(journal, 2, new byte[500]));
        Assert.False(journal.TryGet(CheckpointJournalModel.Key(2), out _));
        Put(journal, 3, "three"u8);
        Assert.Equal(names, Storage.Names);
        Storage.CutPower();
        IOException refused = Assert.Throws<IOException>(() => CheckpointJournal.Open(Storage, Options, out _));
        Assert.Contains("Make room", refused.Message, StringComparison.Ordinal);
        Storage.Faults = new StateStorageFaults();
        using CheckpointJournal again = CheckpointJournal.Open(Storage, Options, out JournalRecovery recovery);
        Assert.Empty(recovery.Findings);
        Assert.Equal(2, again.Count);
    }

    [Fact]
    public void After_a_failed_sync_the_file_is_not_trusted()
    {
        var storage = new FailingSyncStorage(Storage);
        using CheckpointJournal journal = CheckpointJournal.Open(storage, Options, out _);
        Put(journal, 1, "one"u8);
        storage.FailNextSync = true;
        Assert.Throws<IOException>(() => Put(journal, 2, "two"u8));
        Assert.Single(Storage.Names);
        Put(journal, 3, "three"u8);
        Assert.Equal(2, Storage.Names.Count);
        Assert.False(journal.TryGet(CheckpointJournalModel.Key(2), out _));
        using CheckpointJournal again = CheckpointJournal.Open(Storage, Options, out JournalRecovery recovery);
        Assert.Empty(recovery.Findings);
        Assert.False(again.TryGet(CheckpointJournalModel.Key(2), out _));
    }

    [Fact]
    public void Read_only_touches_nothing()
    {
        Write("a", "b");
        Write("c");
        Flip(Storage.Names[^1], 3);
        (int writes, IReadOnlyList<string> names) = (Storage.Writes, Storage.Names);
        using CheckpointJournal journal = CheckpointJournal.Open(Storage, Options with { ReadOnly = true }, out JournalRecovery recovery);
        Assert.Equal("a b", Contents(journal));
        Assert.Null(Assert.Single(recovery.Findings).SetAsideAs);
        Assert.Throws<InvalidOperationException>(() => Put(journal, 1, "x"u8));
        Assert.Equal(writes, Storage.Writes);
        Assert.Equal(names, Storage.Names);
    }

    [Fact]
    public void Unfinished_and_foreign_files_are_no_generations()
    {
        Write("a");
        Storage.Overwrite("checkpoints.0000000009.journal.tmp", [1, 2, 3]);
        Storage.Overwrite("lock", [4]);
        Write("b");
        Assert.Equal(["checkpoints.0000000001.journal", "checkpoints.0000000010.journal", "lock"], Storage.Names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_process_reads_whole_batches_beside_the_writer(bool real)
    {
        IStateStorage storage = real ? new DirectoryStateStorage(_directory) : Storage;
        using CheckpointJournal journal = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions, out _);
        var writer = new Thread(() =>
        {
            using var batch = new JournalBatch();
            for (int round = 0; round < 300; round++)
            {
                batch.Clear();
                for (int key = 0; key < 20; key++) batch.Put(CheckpointJournalModel.Key(key), BitConverter.GetBytes(round));
                journal.Append(batch);
            }
        });
        writer.Start();
        long sequence = 0;
        while (writer.IsAlive)
        {
            using CheckpointJournal reader = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions with { ReadOnly = true }, out JournalRecovery recovery);
            Assert.False(recovery.IsDamaged, string.Join('\n', recovery.Findings));
            Assert.True(reader.Sequence >= sequence);
            sequence = reader.Sequence;
            Assert.Equal(sequence == 0 ? 0 : 20, reader.Count);
            Assert.All(reader.ToArray(), entry => Assert.Equal(sequence - 1, BitConverter.ToInt32(entry.Value.Span)));
        }

        writer.Join();
    }

    [Fact]
    public void Readers_see_a_batch_whole_or_not_at_all()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(Storage, CheckpointJournalModel.SmallOptions, out _);
        using var done = new CancellationTokenSource();
        var reader = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                KeyValuePair<FileId, ReadOnlyMemory<byte>>[] entries = journal.ToArray();
                if (entries.Length > 0 && (entries.Length != 20 || entries.Any(entry => !entry.Value.Span.SequenceEqual(entries[0].Value.Span)))) return;
            }
        });
        reader.Start();
        for (int round = 0; round < 300; round++)
        {
            Batch.Clear();
            for (int key = 0; key < 20; key++) Batch.Put(CheckpointJournalModel.Key(key), Encoding.UTF8.GetBytes(round.ToString(CultureInfo.InvariantCulture)));
            journal.Append(Batch);
        }

        Assert.True(reader.IsAlive, "a reader saw half a batch");
        done.Cancel();
        reader.Join();
    }

    private static long Length(IStateStorage storage, string name)
    {
        using IStateStorageReader reader = storage.OpenRead(name);
        return reader.LengthBytes;
    }
}
