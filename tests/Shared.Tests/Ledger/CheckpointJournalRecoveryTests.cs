using System.Buffers.Binary;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger;

namespace LogPipeline.Tests.Ledger;

/// <summary>What is recovered from which damage, and what is said about it.</summary>
public sealed class CheckpointJournalRecoveryTests : CheckpointJournalFixture
{
    [Fact]
    public void A_torn_tail_is_reported_and_left_out()
    {
        Write("a", "b", "c");
        string name = Storage.Names[^1];
        byte[] content = Storage.ReadAll(name);
        Storage.Overwrite(name, content[..^5]);
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
        string name = Storage.Names[^1];
        byte[] content = Storage.ReadAll(name);
        int offset = EntryOffsets(content)[^2];
        Flip(name, offset + 30);
        byte[] damaged = Storage.ReadAll(name);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a b", Contents(journal));
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.Equal(JournalFindingKind.DamagedEntry, finding.Kind);
        Assert.Equal((offset, content.Length - offset, 1L, 1L), (finding.OffsetBytes, finding.BytesBehind, finding.BatchesRecovered, finding.EntriesNotRecovered));
        Assert.Equal(name + ".corrupt-20261120T164010Z", finding.SetAsideAs);
        Assert.Equal(damaged, Storage.ReadAll(finding.SetAsideAs!));
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
        Flip(Storage.Names[^1], HeaderBytes + 40);
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
        Flip(Storage.Names[0], HeaderBytes + 26);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a b", Contents(journal));
        Assert.Equal(JournalFindingKind.DamagedSnapshot, Assert.Single(recovery.Findings).Kind);
    }

    [Fact]
    public void With_both_generations_damaged_the_batches_before_the_first_damage_are_left()
    {
        Write("a", "b", "c");
        Write("d");
        Flip(Storage.Names[1], HeaderBytes + 40);
        Flip(Storage.Names[0], EntryOffsets(Storage.ReadAll(Storage.Names[0]))[2] + 30);
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
        string name = Storage.Names[^1];
        byte[] content = Storage.ReadAll(name);
        content[at] ^= 2;
        if (at > 0) BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(60), Crc32C.Compute(content.AsSpan(0, 60)));
        Storage.Overwrite(name, content);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a b", Contents(journal));
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.Equal((kind, content.Length), (finding.Kind, finding.BytesBehind));
        Assert.Equal(content, Storage.ReadAll(finding.SetAsideAs!));
        Assert.Equal(1, recovery.Generation);
    }

    [Fact]
    public void Damage_in_an_older_generation_is_reported_as_superseded()
    {
        Write("a", "b", "c");
        Write("d");
        Flip(Storage.Names[0], EntryOffsets(Storage.ReadAll(Storage.Names[0]))[1] + 30);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal("a b c d", Contents(journal));
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.True(finding.Superseded);
        Assert.Contains("nothing is missing", finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_older_generation_cut_between_two_entries_is_found_by_what_its_successor_promised()
    {
        using (CheckpointJournal journal = CheckpointJournal.Open(Storage, CheckpointJournalModel.SmallOptions, out _))
        {
            while (Storage.Names.Count < 2) Put(journal, 1, new byte[200]);
        }

        byte[] content = Storage.ReadAll(Storage.Names[0]);
        Storage.Overwrite(Storage.Names[0], content[..EntryOffsets(content)[^1]]);
        using CheckpointJournal again = Reopen(out JournalRecovery recovery);
        JournalFinding finding = Assert.Single(recovery.Findings);
        Assert.Equal((JournalFindingKind.DamagedEntry, true, 0L), (finding.Kind, finding.Superseded, finding.BytesBehind));
        Assert.Equal(1, again.Count);
    }

    [Fact]
    public void A_lost_only_generation_is_reported_and_not_taken_for_a_first_start()
    {
        Write("a", "b");
        Flip(Storage.Names[0], 20);
        using CheckpointJournal journal = Reopen(out JournalRecovery recovery);
        Assert.Equal(0, journal.Count);
        Assert.True(recovery.IsDamaged);
        Assert.False(recovery.Fresh);
        Assert.Equal(0, recovery.Generation);
    }

    [Fact]
    public void A_batch_that_failed_does_not_stand_in_the_way_of_a_later_repair()
    {
        var storage = new FailingSyncStorage(Storage);
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
    public void Unreadable_files_are_an_error_and_not_an_empty_state()
    {
        Write("a");
        Storage.Faults = new StateStorageFaults { ReadErrors = 1 };
        Assert.Throws<IOException>(() => CheckpointJournal.Open(Storage, Options, out _));
        Storage.Faults = new StateStorageFaults();
        using CheckpointJournal journal = Reopen(out _);
        Assert.Equal("a", Contents(journal));
    }
}
