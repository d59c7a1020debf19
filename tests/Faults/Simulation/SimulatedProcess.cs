using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Joining;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger;
using LogPipeline.Local.Workers;
using LogPipeline.Observability;
using LogPipeline.Tailing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tests.Tailing;
using LogPipeline.Tenancy;

namespace LogPipeline.Tests.Simulation;

/// <summary>One life of the process: everything that a crash takes away.</summary>
internal sealed class SimulatedProcess : IDisposable
{
    private readonly CheckpointJournal _journal;
    private readonly PipelineMetrics _metrics = new();

    public SimulatedProcess(InMemoryFileSystem disk, InMemoryStateStorage state, ModelStore store, SimulatedTime time, Random random, PipelineOptions options)
    {
        _journal = CheckpointJournal.Open(state, new JournalOptions(), out _);
        Ledger = new PositionLedger(_journal, time);
        var lineage = new LineageContext
        {
            FileSystem = disk, Ledger = Ledger, Pins = new ConfiguredPins(options, "host", time), Options = options.Tailing, Rules = new JoiningRules(),
            Metrics = _metrics, Log = new SilentLog(), Time = time, Cluster = "", Host = "host", Random = () => (ulong)random.NextInt64(),
        };
        Worker = new StreamWorker(new WorkerContext { Options = options, Lineage = lineage, Sender = store, Budget = new MemoryBudget(options.Indexing.MaxInFlightBytes) }, () => { });
    }

    public StreamWorker Worker { get; }

    public PositionLedger Ledger { get; }

    /// <summary>Files of a stream that are complete on disk, not only in memory.</summary>
    public int DurablyComplete(string streamKey) => Ledger.OfStream(streamKey).Count(file =>
        _journal.TryGet(file.Id, out ReadOnlyMemory<byte> bytes) && FileCheckpointCodec.TryRead(file.Id, bytes.Span, out FileCheckpoint? durable) && durable!.Complete);

    public void Dispose()
    {
        Worker.Dispose();
        _journal.Dispose();
        _metrics.Dispose();
    }

    private sealed class SilentLog : IPipelineLog
    {
        public void Write(PipelineLogLevel level, string eventName, string message)
        {
        }
    }
}
