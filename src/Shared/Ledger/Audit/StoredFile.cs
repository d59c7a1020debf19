using LogPipeline.Tailing;

namespace LogPipeline.Ledger.Audit;

/// <summary>What the store holds of one file, by the range in which the records begin.</summary>
public sealed class StoredFile
{
    public static StoredFile Nothing { get; } = new();

    /// <summary>Records before the durable position of their sub-stream: what the ledger must have counted.</summary>
    public Dictionary<int, StoreCount> Durable { get; } = [];

    /// <summary>Records at or behind it: acknowledged, and not in the ledger yet.</summary>
    public StoreCount InFlight { get; private set; }

    /// <summary>Refused records in the dead-letter indices, each once however many parts it has.</summary>
    public Dictionary<int, StoreCount> DeadLetters { get; } = [];

    /// <summary>The one of a file in a list, added when absent.</summary>
    public static StoredFile Of(Dictionary<FileId, StoredFile> files, FileId id) => files.TryGetValue(id, out StoredFile? known) ? known : files[id] = new StoredFile();

    /// <summary>Every range has the records and bytes that the ledger counted, and there is nothing else.</summary>
    public bool HasWhatWasCounted(FileCheckpoint file)
    {
        for (int range = 0; range < file.Stored.Count; range++)
        {
            if (Durable.GetValueOrDefault(range) != new StoreCount(file.Stored[range].Records, file.Stored[range].Bytes)) return false;
        }
        return InFlight == default && !Durable.Keys.Any(range => range >= file.Stored.Count);
    }

    /// <summary>Drops what was added of records, dead letters aside: they are counted anew.</summary>
    public void ForgetRecords()
    {
        Durable.Clear();
        InFlight = default;
    }

    public void AddDurable(int range, StoreCount count) => Durable[range] = Durable.GetValueOrDefault(range) + count;

    public void AddInFlight(StoreCount count) => InFlight += count;

    public void AddDeadLetter(int range, StoreCount count) => DeadLetters[range] = DeadLetters.GetValueOrDefault(range) + count;
}
