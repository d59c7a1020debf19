using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Enrichment;
using LogPipeline.Indexing;
using LogPipeline.Joining;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Journal;
using LogPipeline.Ledger.State;
using LogPipeline.Local.Workers;
using LogPipeline.Observability;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Tests.Workers;

/// <summary>A folder of log files, with all that workers of them share.</summary>
internal sealed class WorkerFixture : IDisposable
{
    public const string Tenant = "default";
    public const long RateBytes = 1 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("worker").FullName;
    private readonly PipelineMetrics _metrics = new();

    public WorkerFixture(TimeProvider time, IBulkSender sender, IFileSystem files)
    {
        Options.Tenancy.Limits.Add(new TenantLimit { Tenant = Tenant, RateBytes = RateBytes });
        Options.Sources.Add(new SourceOptions { Path = _folder + "/*.log" });
        string state = Path.Join(_folder, "state");
        DirectoryStateStorage.CreateDirectory(state);
        Journal = CheckpointJournal.Open(new DirectoryStateStorage(state), new JournalOptions(), out _);
        Budget = new MemoryBudget(Options.Indexing.MaxInFlightBytes);
        Context = new WorkerContext
        {
            Options = Options,
            Lineage = new LineageContext
            {
                FileSystem = files, Ledger = new PositionLedger(Journal, time), Pins = new ConfiguredPins(Options, "host", time), Options = Options.Tailing,
                Rules = new JoiningRules(), Metrics = _metrics, Log = new SilentLog(), Time = time, Cluster = "", Host = "host", Random = () => 1,
            },
            Sender = sender,
            Budget = Budget,
            Quotas = TenantQuotas.Whole(new TenantLimits(Options.Tenancy.Limits), new SilentLog(), time),
        };
    }

    public PipelineOptions Options { get; } = new() { Joining = { Preset = "none" } };

    public CheckpointJournal Journal { get; }

    public MemoryBudget Budget { get; }

    public WorkerContext Context { get; }

    public string PathOf(string name) => Path.Join(_folder, name);

    /// <summary>Appends to a file, and tells what a look at the folder finds of it then.</summary>
    public DiscoveredStream Write(string name, string lines)
    {
        File.AppendAllText(PathOf(name), lines, Encoding.UTF8);
        var catalog = new SourceCatalog(Options.Sources, new UnixFileSystem(), []);
        return catalog.Scan().Single(stream => stream.Key == PathOf(name));
    }

    public void Dispose()
    {
        Journal.Dispose();
        _metrics.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class SilentLog : IPipelineLog
    {
        public void Write(PipelineLogLevel level, string eventName, string message)
        {
        }
    }
}
