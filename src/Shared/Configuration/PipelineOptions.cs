using LogPipeline.Protocol;

namespace LogPipeline.Configuration;

/// <summary>The whole configuration: one YAML file, one property a section. Every default is inline in its section's type.</summary>
public sealed class PipelineOptions
{
    /// <summary>What is read. Empty: what this machine has (<see cref="SourceOptions.MachineDefaults"/>).</summary>
    public List<SourceOptions> Sources { get; set; } = [];

    public TailingOptions Tailing { get; set; } = new();

    public JoiningOptions Joining { get; set; } = new();

    public ParsingOptions Parsing { get; set; } = new();

    public EnrichmentOptions Enrichment { get; set; } = new();

    public TenancyOptions Tenancy { get; set; } = new();

    public IndexingOptions Indexing { get; set; } = new();

    public StoreOptions Store { get; set; } = new();

    public LedgerOptions Ledger { get; set; } = new();

    public WebOptions Web { get; set; } = new();

    public ClusterOptions Cluster { get; set; } = new();
}
