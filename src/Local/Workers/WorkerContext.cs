using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Sources;
using LogPipeline.Tailing;
using LogPipeline.Tenancy;
using LogPipeline.Tenancy.Quotas;

namespace LogPipeline.Local.Workers;

/// <summary>What all workers of a process share.</summary>
public sealed record WorkerContext
{
    public required PipelineOptions Options { get; init; }
    public required LineageContext Lineage { get; init; }
    public required IBulkSender Sender { get; init; }
    public required MemoryBudget Budget { get; init; }
    public required TenantQuotas Quotas { get; init; }

    public HeldFiles Held { get; init; } = new(long.MaxValue);

    /// <summary>Workers of the process.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>A stream's files were renamed while they were looked at: they have to be listed again.</summary>
    public Action<DiscoveredStream> LookAgain { get; init; } = static _ => { };

    public TimeProvider Time => Lineage.Time;
}
