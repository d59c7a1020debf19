using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary>The aggregations of a search, or of a bucket, side by side.</summary>
internal sealed class AggregationSet(IReadOnlyList<AggregationDefinition> definitions)
{
    private readonly Aggregation[] _aggregations = [.. definitions.Select(definition => definition.Create())];

    public void Collect(CandidateDocument document, AggregationFields fields)
    {
        foreach (Aggregation aggregation in _aggregations) aggregation.Collect(document, fields);
    }

    public bool TakesTotals(AggregationFields fields) => Array.TrueForAll(_aggregations, aggregation => aggregation.TakesTotals(fields));

    public void Merge(AggregationSet other)
    {
        for (int i = 0; i < _aggregations.Length; i++) _aggregations[i].Merge(other._aggregations[i]);
    }

    /// <summary>Writes a property for each.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        for (int i = 0; i < _aggregations.Length; i++)
        {
            writer.WriteStartObject(definitions[i].Name);
            _aggregations[i].Write(writer);
            writer.WriteEndObject();
        }
    }

    public Aggregation? Find(string name)
    {
        for (int i = 0; i < _aggregations.Length; i++)
        {
            if (definitions[i].Name == name) return _aggregations[i];
        }

        return null;
    }
}
