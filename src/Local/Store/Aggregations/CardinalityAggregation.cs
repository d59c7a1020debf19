using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files.Ids;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary><c>cardinality</c>: how many different values there are, by their hashes.</summary>
internal sealed class CardinalityAggregation(int field, BucketBudget budget) : Aggregation
{
    private readonly HashSet<ulong> _values = [];

    public static Func<Aggregation> Read(JsonElement body, AggregationPlan plan)
    {
        int field = plan.AddField(AggregationParser.FieldName(body));
        return () => new CardinalityAggregation(field, plan.Buckets);
    }

    public override void Collect(CandidateDocument document, AggregationFields fields)
    {
        FieldReference reference = fields.Field(field);
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (reference.Selects(document, leaf) && _values.Add(IdHash.Of(document.Value(leaf)))) budget.Take();
        }
    }

    public override void Merge(Aggregation other) => _values.UnionWith(((CardinalityAggregation)other)._values);

    public override void Write(Utf8JsonWriter writer) => writer.WriteNumber("value", _values.Count);
}
