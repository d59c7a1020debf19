using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>Looks at every record that the store has of the ledger's files: adds them up by range, and checks that they tile their streams.</summary>
/// <param name="inventory">Lists them.</param>
/// <param name="indices">Tells what may have expired.</param>
/// <param name="deadLetters">Take their records' places.</param>
/// <param name="stored">Gets the sums.</param>
internal sealed class DeepComparison(StoreInventory inventory, ExistingIndices indices, ILookup<FileId, StoredRecord> deadLetters, Dictionary<FileId, StoredFile> stored)
{
    private readonly List<AuditFinding> _findings = [];
    private StreamTiling _tiling = new(indices);
    private string? _stream;

    /// <summary>Records whose places are held in memory at once, unless one file has more: 24 bytes each.</summary>
    private const int MaxBatchRecords = 100_000;

    public async Task<IReadOnlyList<AuditFinding>> RunAsync(IEnumerable<FileCheckpoint> files, CancellationToken stop)
    {
        foreach (List<FileCheckpoint> batch in Batches(files.OrderBy(file => file.StreamKey, StringComparer.Ordinal).ThenBy(file => file.Ordinal)))
        {
            Dictionary<FileId, FilePlaces> places = batch.ToDictionary(file => file.Id, _ => new FilePlaces());
            await foreach ((FileId file, StoredRecord record) in inventory.ListAsync(batch, stop)) places[file].Add(file, record);
            foreach (FileCheckpoint file in batch)
            {
                Queue<StoredRecord> letters = Begin(file);
                foreach (StoredRecord record in places[file.Id].InOrder(file.Id)) Add(file, record, letters);
                End(letters);
            }
        }
        _findings.AddRange(_tiling.Findings);
        return _findings;
    }

    // Small files together, as many as fill some pages.
    private static IEnumerable<List<FileCheckpoint>> Batches(IEnumerable<FileCheckpoint> files)
    {
        var batch = new List<FileCheckpoint>();
        long records = 0;
        foreach (FileCheckpoint file in files)
        {
            long its = file.Stored.Sum(range => range.Records);
            if (batch.Count > 0 && (records + its > MaxBatchRecords || batch.Count == InventoryQuestions.MaxBatchFiles))
            {
                yield return batch;
                batch = [];
                records = 0;
            }
            batch.Add(file);
            records += its;
        }
        if (batch.Count > 0) yield return batch;
    }

    private Queue<StoredRecord> Begin(FileCheckpoint file)
    {
        if (_stream != file.StreamKey)
        {
            _findings.AddRange(_tiling.Findings);
            _tiling = new StreamTiling(indices);
            _stream = file.StreamKey;
        }
        _tiling.BeginFile(file);
        return new Queue<StoredRecord>(deadLetters[file.Id].OrderBy(letter => letter.OffsetBytes));
    }

    private void Add(FileCheckpoint file, in StoredRecord record, Queue<StoredRecord> letters)
    {
        while (letters.TryPeek(out StoredRecord letter) && letter.OffsetBytes < record.OffsetBytes) _tiling.Add(letters.Dequeue());
        _tiling.Add(record);
        StoredFile sums = StoredFile.Of(stored, file.Id);
        bool durable = (file.Complete && !file.Gap) || record.OffsetBytes < file[record.Lane].OffsetBytes;
        if (durable) sums.AddDurable(RangeCount.IndexOf(record.OffsetBytes), new(1, record.LengthBytes));
        else sums.AddInFlight(new(1, record.LengthBytes));
    }

    private void End(Queue<StoredRecord> letters)
    {
        while (letters.TryDequeue(out StoredRecord letter)) _tiling.Add(letter);
        _tiling.EndFile();
    }
}
