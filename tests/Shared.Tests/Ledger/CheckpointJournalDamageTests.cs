using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Ledger;

/// <summary>A disk that breaks its promises: whatever it does to the bytes, the state is one that was, and an older one is reported.</summary>
public sealed class CheckpointJournalDamageTests
{
    [Fact]
    public void Flipped_bits_are_reported_or_harmless_and_never_a_value()
    {
        int older = 0;
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var storage = new InMemoryStateStorage(random);
            List<Dictionary<FileId, byte[]>> history = CheckpointJournalModel.WriteHistory(storage, random, random.Next(1, 40));
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                string name = storage.Names[random.Next(storage.Names.Count)];
                byte[] content = storage.ReadAll(name);
                content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
                storage.Overwrite(name, content);
            }

            Dictionary<FileId, byte[]> recovered = ReopenWithCrashes(storage, seed, random, out bool reported);
            Assert.True(history.Exists(state => CheckpointJournalModel.Same(state, recovered)), $"seed {seed}: a state that never was");
            bool newest = CheckpointJournalModel.Same(history[^1], recovered);
            Assert.True(newest || reported, $"seed {seed}: an older state, and no word about it");
            if (!newest) older++;
        }

        Assert.InRange(older, 100, 1900);
    }

    [Fact]
    public void Cut_files_give_a_state_that_was()
    {
        for (int seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            var storage = new InMemoryStateStorage(random);
            List<Dictionary<FileId, byte[]>> history = CheckpointJournalModel.WriteHistory(storage, random, random.Next(1, 40));
            string name = storage.Names[random.Next(storage.Names.Count)];
            byte[] content = storage.ReadAll(name);
            storage.Overwrite(name, content[..random.Next(content.Length)]);
            Dictionary<FileId, byte[]> recovered = ReopenWithCrashes(storage, seed, random, out _);
            Assert.True(history.Exists(state => CheckpointJournalModel.Same(state, recovered)), $"seed {seed}");
        }
    }

    [Fact]
    public void Open_takes_any_bytes()
    {
        for (int seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            var storage = new InMemoryStateStorage(random);
            CheckpointJournalModel.WriteHistory(storage, random, random.Next(0, 20));
            for (int mangled = random.Next(1, 4); mangled > 0; mangled--) Mangle(storage, random);
            int before = storage.Names.Count;
            using (CheckpointJournal journal = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions, out JournalRecovery recovery))
            {
                foreach (JournalFinding finding in recovery.Findings) Assert.NotEmpty(finding.ToString());
                using var batch = new JournalBatch();
                batch.Put(CheckpointJournalModel.Key(1), "kept"u8);
                journal.Append(batch);
            }

            using CheckpointJournal again = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions, out JournalRecovery second);
            Assert.False(second.IsDamaged, $"seed {seed}: {string.Join('\n', second.Findings)}");
            Assert.True(again.TryGet(CheckpointJournalModel.Key(1), out ReadOnlyMemory<byte> value));
            Assert.True(value.Span.SequenceEqual("kept"u8));
        }
    }

    private static void Mangle(InMemoryStateStorage storage, Random random)
    {
        string name = storage.Names.Count == 0 || random.Next(4) == 0
            ? $"checkpoints.{random.NextInt64(1, random.Next(2) == 0 ? 20 : long.MaxValue):D10}.journal"
            : storage.Names[random.Next(storage.Names.Count)];
        byte[] content = storage.Names.Contains(name) ? storage.ReadAll(name) : new byte[random.Next(500)];
        byte[] donor = storage.Names.Count == 0 ? [] : storage.ReadAll(storage.Names[random.Next(storage.Names.Count)]);
        switch (random.Next(6))
        {
            case 0:
                random.NextBytes(content);
                break;
            case 1:
                content = donor;
                break;
            case 2:
                Array.Clear(content, 0, random.Next(content.Length + 1));
                break;
            case 3:
                int start = random.Next(content.Length + 1);
                random.NextBytes(content.AsSpan(start, random.Next(content.Length - start + 1)));
                break;
            case 4:
                content = [.. content, .. donor];
                break;
            default:
                int cut = random.Next(content.Length + 1), skip = random.Next(64);
                content = [.. content[..cut], .. content[Math.Min(cut + skip, content.Length)..]];
                break;
        }

        storage.Overwrite(name, content);
    }

    /// <summary>Recovers, dies in the middle of it some times, and recovers to the end; reported: by the last start, or by the files that it names.</summary>
    private static Dictionary<FileId, byte[]> ReopenWithCrashes(InMemoryStateStorage storage, int seed, Random random, out bool reported)
    {
        Dictionary<FileId, byte[]> best;
        bool torn;
        using (CheckpointJournal untouched = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions with { ReadOnly = true }, out JournalRecovery first))
        {
            best = CheckpointJournalModel.StateOf(untouched);
            // A torn tail alone is no damage, and is not kept: a start that dies after it has written the state anew takes the word of it along.
            torn = first.Findings.Count > 0 && first.Findings.All(finding => finding.Kind == JournalFindingKind.TornTail);
        }

        for (int crashes = random.Next(3); crashes > 0; crashes--)
        {
            storage.Faults = new StateStorageFaults { CrashAtWrite = storage.Writes + random.Next(1, 9) };
            try
            {
                CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions, out _).Dispose();
            }
            catch (SimulatedCrashException)
            {
                if (random.Next(2) == 0) storage.KillProcess();
                else storage.CutPower();
            }

            storage.Faults = new StateStorageFaults();
        }

        using CheckpointJournal journal = CheckpointJournal.Open(storage, CheckpointJournalModel.SmallOptions, out JournalRecovery recovery);
        reported = recovery.Findings.Count > 0 || recovery.SetAsideBefore.Count > 0 || torn;
        Assert.True(CheckpointJournalModel.Same(best, CheckpointJournalModel.StateOf(journal)), $"seed {seed}: a crash during the repair changed its outcome");
        return best;
    }
}
