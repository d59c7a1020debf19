using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger;
using LogPipeline.Local.Workers;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tests.Ledger;
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Tests.Simulation;

/// <summary>One life of the process: everything that a crash takes away.</summary>
internal sealed class SimulatedProcess : IDisposable
{
    private readonly CheckpointJournal _journal;
    private readonly PipelineMetrics _metrics = new();

    private SimulatedProcess(CheckpointJournal journal, PositionLedger ledger, IFileSystem disk, IBulkSender store, TimeProvider time, Random random, PipelineOptions options, Action<DiscoveredStream> lookAgain)
    {
        (_journal, Ledger) = (journal, ledger);
        var lineage = new LineageContext
        {
            FileSystem = disk, Ledger = Ledger, Pins = new ConfiguredPins(options, "host", time), Options = options.Tailing, Rules = new JoiningRules(),
            Metrics = _metrics, Log = new SilentLog(), Time = time, Cluster = "", Host = "host", Random = () => (ulong)random.NextInt64(), StoreMayKnow = static () => true,
        };
        Worker = new StreamWorker(new WorkerContext { Options = options, Lineage = lineage, Sender = store, Budget = new MemoryBudget(options.Indexing.MaxInFlightBytes), Quotas = TenantQuotas.Whole(TenantLimits.None, lineage.Log, lineage.Time), Held = new HeldFiles(options.Tailing.HeldDeletedBytes), LookAgain = lookAgain }, () => { });
    }

    public StreamWorker Worker { get; }

    public PositionLedger Ledger { get; }

    /// <summary>Null when the state directory's disk refuses.</summary>
    public static SimulatedProcess? TryStart(InMemoryStateStorage state, IFileSystem disk, IBulkSender store, TimeProvider time, Random random, PipelineOptions options, Action<DiscoveredStream> lookAgain)
    {
        CheckpointJournal? journal = null;
        try
        {
            journal = CheckpointJournal.Open(state, new JournalOptions(), out _);
            return new(journal, new PositionLedger(journal, time), disk, store, time, random, options, lookAgain);
        }
        catch (IOException)
        {
            journal?.Dispose();
            return null;
        }
    }

    /// <summary>What is on the state disk of a file, not only in memory.</summary>
    public FileCheckpoint? Durable(FileId id) =>
        _journal.TryGet(id, out ReadOnlyMemory<byte> bytes) && FileCheckpointCodec.TryRead(id, bytes.Span, out FileCheckpoint? durable) ? durable : null;

    public void Dispose()
    {
        Worker.Dispose();
        _journal.Dispose();
        _metrics.Dispose();
    }

    private sealed class SilentLog : IPipelineLog
    {
        public void Write(PipelineLogLevel level, string eventName, string message) =>
            SimulationTrace.Write($"{eventName}: {message}");
    }
}
