using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Workers;

/// <summary>What all workers of a process share.</summary>
public sealed record WorkerContext
{
    public required PipelineOptions Options { get; init; }
    public required LineageContext Lineage { get; init; }
    public required IBulkSender Sender { get; init; }
    public required MemoryBudget Budget { get; init; }

    public TimeProvider Time => Lineage.Time;
}
