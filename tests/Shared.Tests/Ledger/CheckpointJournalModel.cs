using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Ledger;

/// <summary>What a map should hold, and random batches for it.</summary>
internal static class CheckpointJournalModel
{
    public static readonly JournalOptions SmallOptions = new() { CompactionMinBytes = 2000, CompactionFactor = 2 };

    public static FileId Key(int number) => new((UInt128)(uint)number << 64 | (uint)(number * 77));

    public static byte[] Value(Random random)
    {
        var value = new byte[random.Next(8) == 0 ? random.Next(2000) : random.Next(120)];
        random.NextBytes(value);
        return value;
    }

    /// <summary>Fills a batch with 1 to 6 random puts and deletes, and returns the state after it.</summary>
    public static Dictionary<FileId, byte[]> Fill(JournalBatch batch, Dictionary<FileId, byte[]> state, Random random)
    {
        batch.Clear();
        var after = new Dictionary<FileId, byte[]>(state);
        for (int left = random.Next(1, 7); left > 0; left--)
        {
            FileId key = Key(random.Next(10));
            if (random.Next(4) == 0)
            {
                batch.Delete(key);
                after.Remove(key);
            }
            else
            {
                byte[] value = Value(random);
                batch.Put(key, value);
                after[key] = value;
            }
        }

        return after;
    }

    public static Dictionary<FileId, byte[]> StateOf(CheckpointJournal journal) =>
        journal.ToArray().ToDictionary(entry => entry.Key, entry => entry.Value.ToArray());

    public static bool Same(Dictionary<FileId, byte[]> left, Dictionary<FileId, byte[]> right) =>
        left.Count == right.Count
        && left.All(entry => right.TryGetValue(entry.Key, out byte[]? other) && other.AsSpan().SequenceEqual(entry.Value));

    /// <summary>Appends random batches, with restarts in between; everything is on the disk at the end. Returns the states after each, the empty one first.</summary>
    public static List<Dictionary<FileId, byte[]>> WriteHistory(InMemoryStateStorage storage, Random random, int batches)
    {
        var history = new List<Dictionary<FileId, byte[]>> { new() };
        using var batch = new JournalBatch();
        CheckpointJournal? journal = null;
        for (int number = 0; number < batches; number++)
        {
            if (random.Next(12) == 0)
            {
                journal?.Dispose();
                journal = null;
            }

            journal ??= CheckpointJournal.Open(storage, SmallOptions, out _);
            history.Add(Fill(batch, history[^1], random));
            journal.Append(batch);
        }

        journal?.Dispose();
        storage.SyncDirectory();
        return history;
    }
}
