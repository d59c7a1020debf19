using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary>One aggregation while it collects, on one thread.</summary>
internal abstract class Aggregation
{
    public abstract void Collect(CandidateDocument document, AggregationFields fields);

    /// <summary>True when documents that stand for all of one file and range (<see cref="Totals.TotalDocument"/>) give the same result as those one by one.</summary>
    public virtual bool TakesTotals(AggregationFields fields) => false;

    /// <summary>Adds what another one of the same definition collected.</summary>
    public abstract void Merge(Aggregation other);

    /// <summary>Writes the members of its result, between the braces that the caller writes.</summary>
    public abstract void Write(Utf8JsonWriter writer);
}
