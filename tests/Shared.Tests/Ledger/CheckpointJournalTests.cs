using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Ledger;

public sealed class CheckpointJournalTests : IDisposable
{
    private const int HeaderBytes = 64;
    private static readonly JournalOptions Options = new();
    private readonly InMemoryStateStorage _storage = new(new Random(1));
    private readonly JournalBatch _batch = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("journal-").FullName;

    public void Dispose()
    {
        _batch.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Values_survive_restarts_and_compaction(bool real)
    {
        IStateStorage storage = real ? new DirectoryStateStorage(_directory) : _storage;
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
                state = CheckpointJournalModel.Fill(_batch, state, random);
                journal.Append(_batch);
            }

            Assert.Equal((life + 1) * 40, journal.Sequence);
            Assert.Equal(2, storage.List().Count);
            Assert.Equal(storage.List().Sum(name => Length(storage, name)), journal.BytesOnDisk);
        }
    }

    [Fact]
    public void The_last_operation_of_a_key_counts()
    {
        using (CheckpointJournal journal = CheckpointJournal.Open(_storage, Options, out _))
        {
            _batch.Put(CheckpointJournalModel.Key(1), "a"u8);
            _batch.Delete(CheckpointJournalModel.Key(1));
            _batch.Put(CheckpointJournalModel.Key(2), "b"u8);
            _batch.Put(CheckpointJournalModel.Key(2), ""u8);
            _batch.Delete(CheckpointJournalModel.Key(3));
            journal.Append(_batch);
        }

        using CheckpointJournal again = CheckpointJournal.Open(_storage, Options, out _);
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
            using CheckpointJournal journal = CheckpointJournal.Open(_storage, Options, out _);
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
        using CheckpointJournal journal = CheckpointJournal.Open(_storage, Options, out _);
        Put(journal, 1, "first"u8);
        (int files, int directories) = (_storage.FileSyncs, _storage.DirectorySyncs);
        Put(journal, 2, "second"u8);
        Assert.Equal((files + 1, directories), (_storage.FileSyncs, _storage.DirectorySyncs));
    }

    [Fact]
    public void Opening_and_an_empty_batch_write_nothing()
    {
        Write("a", "b");
        int writes = _storage.Writes;
        using CheckpointJournal journal = CheckpointJournal.Open(_storage, Options, out _);
        _batch.Clear();
        journal.Append(_batch);
        Assert.Equal(writes, _storage.Writes);
    }

    [Fact]
    public void The_journal_stays_within_a_multiple_of_what_it_holds()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(_storage, Options with { CompactionMinBytes = 10_000 }, out _);
        for (int round = 0; round < 2000; round++) Put(journal, round % 20, new byte[100]);
        Assert.InRange(journal.BytesOnDisk, 1, 2 * 11_000);
        Assert.Equal(2, _storage.Names.Count);
    }

    [Fact]
    public void A_compaction_that_fails_costs_no_batch_and_is_tried_again()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(_storage, Options with { CompactionMinBytes = 5_000 }, out _);
        for (int round = 0; round < 5; round++) Put(journal, round, new byte[400]);
        _storage.Faults = new StateStorageFaults { CapacityBytes = 9_500 };
        int before = _storage.Writes;
        while (journal.CompactionFailure is null) Put(journal, 0, new byte[400]);
        Assert.Contains("No space", journal.CompactionFailure.Message, StringComparison.Ordinal);
        long sequence = journal.Sequence;
        _storage.Faults = new StateStorageFaults();
        while (journal.CompactionFailure is not null) Put(journal, 0, new byte[400]);
        Assert.True(journal.Sequence > sequence);
        Assert.DoesNotContain(_storage.Names, name => name.EndsWith(".tmp", StringComparison.Ordinal));
        Assert.True(_storage.Writes > before);
    }

    [Fact]
    public void On_a_full_disk_a_small_batch_needs_no_new_generation()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(_storage, Options, out _);
        Put(journal, 1, "one"u8);
        IReadOnlyList<string> names = _storage.Names;
        _storage.Faults = new StateStorageFaults { CapacityBytes = journal.BytesOnDisk + 100 };
        Assert.Throws<IOException>(() => Put(journal, 2, new byte[500]));
        Assert.False(journal.TryGet(CheckpointJournalModel.Key(2), out _));
        Put(journal, 3, "three"u8);
        Assert.Equal(names, _storage.Names);
        _storage.CutPower();
        using CheckpointJournal again = CheckpointJournal.Open(_storage, Options, out JournalRecovery recovery);
        Assert.Empty(recovery.Findings);
        Assert.Equal(2, again.Count);
    }

    [Fact]
    public void After_a_failed_sync_the_file_is_not_trusted()
    {
        var storage = new FailingSyncStorage(_storage);
        using CheckpointJournal journal = CheckpointJournal.Open(storage, Options, out _);
        Put(journal, 1, "one"u8);
        storage.FailNextSync = true;
        Assert.Throws<IOException>(() => Put(journal, 2, "two"u8));
        Assert.Single(_storage.Names);
        Put(journal, 3, "three"u8);
        Assert.Equal(2, _storage.Names.Count);
        Assert.False(journal.TryGet(CheckpointJournalModel.Key(2), out _));
        using CheckpointJournal again = CheckpointJournal.Open(_storage, Options, out JournalRecovery recovery);
        Assert.Empty(recovery.Findings);
        Assert.False(again.TryGet(CheckpointJournalModel.Key(2), out _));
    }

    [Fact]
    public void A_batch_that_failed_does_not_stand_in_the_way_of_a_later_repair()
    {
        var storage = new FailingSyncStorage(_storage);
        using (CheckpointJournal journal = CheckpointJournal.Open(storage, Options, out _))
        {
            Put(journal, 1, "one"u8);
            storage.FailNextSync = true;
            Assert.Throws<IOException>(() => Put(journal, 2, "never"u8));
            Put(journal, 3, "three"u8);
        }

        Flip("checkpoints.0000000002.journal", HeaderBytes + 30);
        using CheckpointJournal again = Reopen(out JournalRecovery recovery);
        Assert.Equal(JournalFindingKind.DamagedSnapshot, Assert.Single(recovery.Findings).Kind);
        Assert.Equal("one three", Contents(again));
    }

    [Fact]
    public void A_torn_tail_is_reported_and_left_out()
    {
        Write("a", "b", "c");
        string name = _storage.Names[^1];
        byte[] content = _storage.ReadAll(name);
        _storage.Overwrite(name, content[..^5]);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.Equal(JournalFindingKind.TornTail, finding.Kind);
        Assert.False(recovery.IsDamaged);
        int offset = EntryOffsets(content)[^1];
        Assert.Equal((offset, content.Length - 5 - offset, 2L, 0L), (finding.OffsetBytes, finding.BytesBehind, finding.BatchesRecovered, finding.EntriesNotRecovered));
        Assert.Null(finding.SetAsideAs);
        Assert.Equal("a b", Contents(journal));
        Put(journal, 9, "after"u8);
        using CheckpointJournal again = Reopen(out JournalRecovery second);
        Assert.Empty(second.Findings);
        Assert.Equal("a b after", Contents(again));
    }

    [Fact]
    public void Damage_in_the_middle_keeps_the_batches_before_it_and_the_file()
    {
        Write("a");
        Write("b", "c", "d");
        string name = _storage.Names[^1];
        byte[] content = _storage.ReadAll(name);
        int offset = EntryOffsets(content)[^2];
        Flip(name, offset + 30);
        byte[] damaged = _storage.ReadAll(name);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a b", Contents(journal));
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.Equal(JournalFindingKind.DamagedEntry, finding.Kind);
        Assert.Equal((offset, content.Length - offset, 1L, 1L), (finding.OffsetBytes, finding.BytesBehind, finding.BatchesRecovered, finding.EntriesNotRecovered));
        Assert.Equal(name + ".corrupt-20261120T164010Z", finding.SetAsideAs);
        Assert.Equal(damaged, _storage.ReadAll(finding.SetAsideAs!));
        Assert.True(recovery.IsDamaged);
        for (int round = 0; round < 50; round++) Put(journal, 5, new byte[500]);
        using CheckpointJournal again = Reopen(out JournalRecovery second);
        Assert.Empty(second.Findings);
        Assert.Equal([finding.SetAsideAs!], second.SetAsideBefore);
    }

    [Fact]
    public void A_damaged_snapshot_is_bridged_by_the_older_generation()
    {
        Write("a", "b");
        Write("c", "d");
        Flip(_storage.Names[^1], HeaderBytes + 40);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a b c d", Contents(journal));
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.Equal((JournalFindingKind.DamagedSnapshot, 2L), (finding.Kind, finding.BatchesRecovered));
        Assert.NotNull(finding.SetAsideAs);
    }

    [Fact]
    public void The_first_generation_needs_no_snapshot()
    {
        Write("a", "b");
        Flip(_storage.Names[0], HeaderBytes + 26);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a b", Contents(journal));
        Assert.Equal(JournalFindingKind.DamagedSnapshot, Assert.Single(recovery.Findings).Kind);
    }

    [Fact]
    public void With_both_generations_damaged_the_batches_before_the_first_damage_are_left()
    {
        Write("a", "b", "c");
        Write("d");
        Flip(_storage.Names[1], HeaderBytes + 40);
        Flip(_storage.Names[0], EntryOffsets(_storage.ReadAll(_storage.Names[0]))[2] + 30);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a", Contents(journal));
        Assert.Equal([JournalFindingKind.DamagedEntry, JournalFindingKind.DamagedSnapshot], recovery.Findings.Select(finding => finding.Kind));
        Assert.Equal([1L, 0L], recovery.Findings.Select(finding => finding.BatchesRecovered));
        Assert.All(recovery.Findings, finding => Assert.NotNull(finding.SetAsideAs));
    }

    [Theory]
    [InlineData(0, JournalFindingKind.UnreadableHeader)]
    [InlineData(8, JournalFindingKind.UnknownVersion)]
    [InlineData(16, JournalFindingKind.WrongGeneration)]
    public void An_unreadable_newest_generation_gives_way_to_the_older_one(int at, JournalFindingKind kind)
    {
        Write("a", "b");
        Write("c");
        string name = _storage.Names[^1];
        byte[] content = _storage.ReadAll(name);
        content[at] ^= 2;
        if (at > 0) BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(60), Crc32C.Compute(content.AsSpan(0, 60)));
        _storage.Overwrite(name, content);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a b", Contents(journal));
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.Equal((kind, content.Length), (finding.Kind, finding.BytesBehind));
        Assert.Equal(content, _storage.ReadAll(finding.SetAsideAs!));
        Assert.Equal(1, recovery.Generation);
    }

    [Fact]
    public void Damage_in_an_older_generation_is_reported_as_superseded()
    {
        Write("a", "b", "c");
        Write("d");
        Flip(_storage.Names[0], EntryOffsets(_storage.ReadAll(_storage.Names[0]))[1] + 30);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a b c d", Contents(journal));
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.True(finding.Superseded);
        Assert.Contains("nothing is missing", finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_generation_cut_between_two_entries_is_found_by_what_its_successor_promised()
    {
        using (CheckpointJournal journal = CheckpointJournal.Open(_storage, CheckpointJournalModel.SmallOptions, out _))
        {
            while (_storage.Names.Count < 2) Put(journal, 1, new byte[200]);
        }

        byte[] content = _storage.ReadAll(_storage.Names[0]);
        _storage.Overwrite(_storage.Names[0], content[..EntryOffsets(content)[^1]]);
        using CheckpointJournal again = Reopen(out JournalRecovery recovery);
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.Equal((JournalFindingKind.DamagedEntry, true, 0L), (finding.Kind, finding.Superseded, finding.BytesBehind));
        Assert.Equal(1, again.Count);
    }

    [Fact]
    public void A_lost_only_generation_is_reported_and_not_taken_for_a_first_start()
    {
        Write("a", "b");
        Flip(_storage.Names[0], 20);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal(0, journal.Count);
        Assert.True(recovery.IsDamaged);
        Assert.False(recovery.Fresh);
        Assert.Equal(0, recovery.Generation);
    }

    [Fact]
    public void Read_only_touches_nothing()
    {
        Write("a", "b");
        Write("c");
        Flip(_storage.Names[^1], 3);
        (int writes, IReadOnlyList<string> names) = (_storage.Writes, _storage.Names);
        using CheckpointJournal journal = CheckpointJournal.Open(_storage, Options with { ReadOnly = true }, out JournalRecovery recovery);
        Assert.Equal("a b", Contents(journal));
        Assert.Null(Assert.Single(recovery.Findings).SetAsideAs);
        Assert.Throws<InvalidOperationException>(() => Put(journal, 1, "x"u8));
        Assert.Equal(writes, _storage.Writes);
        Assert.Equal(names, _storage.Names);
    }

    [Fact]
    public void Unreadable_files_are_an_error_and_not_an_empty_state()
    {
        Write("a");
        _storage.Faults = new StateStorageFaults { ReadErrors = 1 };
        Assert.Throws<IOException>(() => CheckpointJournal.Open(_storage, Options, out _));
        _storage.Faults = new StateStorageFaults();
        using CheckpointJournal journal = Reopen(out _);
        Assert.Equal("a", Contents(journal));
    }

    [Fact]
    public void Unfinished_and_foreign_files_are_no_generations()
    {
        Write("a");
        _storage.Overwrite("checkpoints.0000000009.journal.tmp", [1, 2, 3]);
        _storage.Overwrite("lock", [4]);
        Write("b");
        Assert.Equal(["checkpoints.0000000001.journal", "checkpoints.0000000010.journal", "lock"], _storage.Names);
    }

    [Fact]
    public void Readers_see_a_batch_whole_or_not_at_all()
    {
        using CheckpointJournal journal = CheckpointJournal.Open(_storage, CheckpointJournalModel.SmallOptions, out _);
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
            _batch.Clear();
            for (int key = 0; key < 20; key++) _batch.Put(CheckpointJournalModel.Key(key), Encoding.UTF8.GetBytes(round.ToString(CultureInfo.InvariantCulture)));
            journal.Append(_batch);
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

    /// <summary>Where the entries of a sound file begin; see the layout in docs/state-directory.md.</summary>
    private static List<int> EntryOffsets(byte[] content)
    {
        var offsets = new List<int>();
        for (int offset = HeaderBytes; offset < content.Length; offset += 24 + (BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(offset)) + 7 & ~7)) offsets.Add(offset);
        return offsets;
    }

    private static string Contents(CheckpointJournal journal) =>
        string.Join(' ', journal.ToArray().OrderBy(entry => entry.Key.Value).Select(entry => Encoding.UTF8.GetString(entry.Value.Span)));

    /// <summary>Starts, appends a batch per value under keys that ascend, ends.</summary>
    private void Write(params string[] values)
    {
        using CheckpointJournal journal = Reopen(out _);
        foreach (string value in values) Put(journal, journal.Count + 1, Encoding.UTF8.GetBytes(value));
    }

    private void Put(CheckpointJournal journal, int key, ReadOnlySpan<byte> value)
    {
        _batch.Clear();
        _batch.Put(CheckpointJournalModel.Key(key), value);
        journal.Append(_batch);
    }

    private CheckpointJournal Reopen(out JournalRecovery recovery) =>
        CheckpointJournal.Open(_storage, Options with { TimeProvider = new FixedTime() }, out recovery);

    private void Flip(string name, int at)
    {
        byte[] content = _storage.ReadAll(name);
        content[at] ^= 16;
        _storage.Overwrite(name, content);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 16, 40, 10, TimeSpan.Zero);
    }

    /// <summary>Fails one sync of a file although its bytes arrive.</summary>
    private sealed class FailingSyncStorage(IStateStorage inner) : IStateStorage
    {
        public bool FailNextSync { get; set; }

        public IReadOnlyList<string> List() => inner.List();

        public IStateStorageReader OpenRead(string name) => inner.OpenRead(name);

        public IStateStorageFile Create(string name) => new Handle(this, inner.Create(name));

        public void Rename(string from, string to) => inner.Rename(from, to);

        public void Delete(string name) => inner.Delete(name);

        public void SyncDirectory() => inner.SyncDirectory();

        private sealed class Handle(FailingSyncStorage storage, IStateStorageFile file) : IStateStorageFile
        {
            public void Append(ReadOnlySpan<byte> bytes) => file.Append(bytes);

            public void Sync()
            {
                file.Sync();
                bool fail = storage.FailNextSync;
                storage.FailNextSync = false;
                if (fail) throw new IOException("Input/output error");
            }

            public void Truncate(long lengthBytes) => file.Truncate(lengthBytes);

            public void Dispose() => file.Dispose();
        }
    }
}
