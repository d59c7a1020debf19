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

    public void AddDurable(int range, StoreCount count) => Durable[range] = Durable.GetValueOrDefault(range) + count;

    public void AddInFlight(StoreCount count) => InFlight += count;

    public void AddDeadLetter(int range, StoreCount count) => DeadLetters[range] = DeadLetters.GetValueOrDefault(range) + count;
}
