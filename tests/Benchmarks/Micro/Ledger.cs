using BenchmarkDotNet.Attributes;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Tailing;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>Counting what a chunk holds, and a commit of the positions of a hundred files, without the disk.</summary>
public class Ledger : ICheckpointStore
{
    private readonly FileCheckpoint[] _files = [.. Enumerable.Range(0, 100).Select(SampleFile.Checkpoint)];
    private readonly ChunkTicket _ticket = new(new object(), 0);
    private readonly PositionLedger _ledger;

    public Ledger()
    {
        _ledger = new PositionLedger(this, TimeProvider.System);
        foreach (FileCheckpoint file in _files) _ledger.Register(file);
    }

    public bool IsReadOnly => false;

    public long Sequence { get; private set; }

    [Benchmark]
    public long Count()
    {
        for (int line = 0; line < SampleLogs.Lines; line++) _ticket.Count(new StreamPosition(1, line * 200L), 200, 20_777);
        return _ticket.Stored.Count;
    }

    [Benchmark]
    public long Commit()
    {
        _ledger.Commit(_files);
        return Sequence;
    }

    public bool TryGet(FileId key, out ReadOnlyMemory<byte> value)
    {
        value = default;
        return false;
    }

    public KeyValuePair<FileId, ReadOnlyMemory<byte>>[] ToArray() => [];

    public void Append(JournalBatch batch) => Sequence += batch.Count;
}
