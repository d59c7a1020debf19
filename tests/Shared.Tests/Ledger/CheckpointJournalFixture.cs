using System.Buffers.Binary;
using System.Text;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger;

namespace LogPipeline.Tests.Ledger;

/// <summary>A journal on a simulated disk, with values as short texts under ascending keys.</summary>
public abstract class CheckpointJournalFixture : IDisposable
{
    protected const int HeaderBytes = 64;
    protected static readonly JournalOptions Options = new();

    protected InMemoryStateStorage Storage { get; } = new(new Random(1));

    protected JournalBatch Batch { get; } = new();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Batch.Dispose();

    /// <summary>Where the entries of a sound file begin; see the layout in docs/state-directory.md.</summary>
    protected static List<int> EntryOffsets(byte[] content)
    {
        var offsets = new List<int>();
        for (int offset = HeaderBytes; offset < content.Length; offset += 24 + (BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(offset)) + 7 & ~7)) offsets.Add(offset);
        return offsets;
    }

    protected static string Contents(CheckpointJournal journal) =>
        string.Join(' ', journal.ToArray().OrderBy(entry => entry.Key.Value).Select(entry => Encoding.UTF8.GetString(entry.Value.Span)));

    /// <summary>Starts, appends a batch per value under keys that ascend, ends.</summary>
    protected void Write(params string[] values)
    {
        using CheckpointJournal journal = Reopen(out _);
        foreach (string value in values) Put(journal, journal.Count + 1, Encoding.UTF8.GetBytes(value));
    }

    protected void Put(CheckpointJournal journal, int key, ReadOnlySpan<byte> value)
    {
        Batch.Clear();
        Batch.Put(CheckpointJournalModel.Key(key), value);
        journal.Append(Batch);
    }

    protected CheckpointJournal Reopen(out JournalRecovery recovery) =>
        CheckpointJournal.Open(Storage, Options with { TimeProvider = new FixedTime() }, out recovery);

    protected void Flip(string name, int at)
    {
        byte[] content = Storage.ReadAll(name);
        content[at] ^= 16;
        Storage.Overwrite(name, content);
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 16, 40, 10, TimeSpan.Zero);
    }
}
