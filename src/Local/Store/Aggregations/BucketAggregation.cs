using System.Text.Json;
using LogPipeline.Local.Store.Documents;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary>What buckets of any kind have in common: a count and sub-aggregations for each key.</summary>
/// <typeparam name="TKey">What tells buckets apart.</typeparam>
internal abstract class BucketAggregation<TKey>(IReadOnlyList<AggregationDefinition> subAggregations, BucketBudget budget) : Aggregation
    where TKey : notnull
{
    protected Dictionary<TKey, Bucket> Buckets { get; } = [];

    protected IReadOnlyList<AggregationDefinition> SubAggregations => subAggregations;

    protected BucketBudget Budget => budget;

    public override void Merge(Aggregation other)
    {
        foreach ((TKey key, Bucket bucket) in ((BucketAggregation<TKey>)other).Buckets)
        {
            if (!Buckets.TryGetValue(key, out Bucket? mine))
            {
                Buckets.Add(key, bucket);
                continue;
            }

            mine.Count += bucket.Count;
            mine.Inner?.Merge(bucket.Inner!);
        }
    }

    /// <summary>Counts a document in a bucket, which begins with its first.</summary>
    protected void Add(TKey key, CandidateDocument document, AggregationFields fields)
    {
        if (!Buckets.TryGetValue(key, out Bucket? bucket))
        {
            budget.Take();
            bucket = Empty();
            Buckets.Add(key, bucket);
        }

        bucket.Count += document.Weight;
        bucket.Inner?.Collect(document, fields);
    }

    protected bool InnerTakesTotals(AggregationFields fields) => new AggregationSet(subAggregations).TakesTotals(fields);

    protected Bucket Empty() => new(subAggregations.Count == 0 ? null : new AggregationSet(subAggregations));

    protected static void WriteCount(Utf8JsonWriter writer, Bucket bucket)
    {
        writer.WriteNumber("doc_count", bucket.Count);
        bucket.Inner?.Write(writer);
    }

    internal sealed class Bucket(AggregationSet? inner)
    {
        public long Count { get; set; }

        public AggregationSet? Inner => inner;
    }
}
