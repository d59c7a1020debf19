using System.Globalization;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Mappings;
using LogPipeline.Local.Store.Queries;
using LogPipeline.Local.Store.Totals;

namespace LogPipeline.Local.Store.Aggregations;

/// <summary><c>terms</c>: a bucket for each value. Exact: no term is left out before the largest are chosen.</summary>
internal sealed class TermsAggregation : BucketAggregation<string>
{
    private const int DefaultSize = 10;

    private readonly Options _options;
    private bool _isNumeric, _isBoolean;

    // Of the document before: neighbours mostly have the same.
    private byte[] _lastValue = [];
    private string _lastTerm = "";

    private TermsAggregation(Options options, IReadOnlyList<AggregationDefinition> subAggregations, BucketBudget budget)
        : base(subAggregations, budget) => _options = options;

    public static Func<Aggregation> Read(JsonElement body, IReadOnlyList<AggregationDefinition> subAggregations, AggregationPlan plan)
    {
        var options = new Options { Field = plan.AddField(AggregationParser.FieldName(body)) };
        foreach (JsonProperty property in body.EnumerateObject())
        {
            options = property.Name switch
            {
                "size" => options with { Size = property.Value.GetInt32() },
                "min_doc_count" => options with { MinCount = property.Value.GetInt64() },
                "missing" => options with { Missing = QueryParser.Text(property.Value) },
                "order" => options with { Order = ReadOrder(property.Value) },
                "field" or "shard_size" or "shard_min_doc_count" or "show_term_doc_count_error" or "execution_hint" or "collect_mode" or "value_type" => options,
                _ => throw AggregationParser.Refuse($"[terms] aggregation does not support [{property.Name}]"),
            };
        }

        if (options.Size <= 0) throw new OpenSearchException(OpenSearchError.IllegalArgument($"[size] must be greater than 0. Found [{options.Size}]"));
        foreach ((string by, _) in options.Order)
        {
            if (by is "_key" or "_term" or "_count" || subAggregations.FirstOrDefault(sub => sub.Name == by.Split('.')[0])?.Create() is MetricAggregation) continue;
            throw new OpenSearchException(OpenSearchError.IllegalArgument($"Invalid aggregation order path [{by}]. A metric beside the terms is wanted"));
        }

        return () => new TermsAggregation(options, subAggregations, plan.Buckets);
    }

    public override void Collect(CandidateDocument document, AggregationFields fields)
    {
        FieldReference reference = fields.Field(_options.Field);
        if (reference.Type == FieldType.Text)
        {
            throw new OpenSearchException(OpenSearchError.IllegalArgument(
                "Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. "
                + $"Please use a keyword field instead. Alternatively, set fielddata=true on [{reference.Name}] in order to load field data by uninverting the inverted index. "
                + "Note that this can use significant memory.") with { FailedSearchOf = fields.Index });
        }

        string? first = null;
        HashSet<string>? further = null;
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (!reference.Selects(document, leaf)) continue;
            _isBoolean |= leaf.Type is JsonTokenType.True or JsonTokenType.False;
            _isNumeric |= leaf.Type == JsonTokenType.Number && reference.Type is not (FieldType.Keyword or FieldType.FlatLeaf) || reference.Type is FieldType.Long or FieldType.Double;
            string term = TermOf(document.Value(leaf));
            // A document counts once for each of its values.
            if (first is null) first = term;
            else if (term == first || !(further ??= []).Add(term)) continue;
            Add(term, document, fields);
        }

        if (first is null && _options.Missing is { } missing) Add(missing, document, fields);
    }

    public override bool TakesTotals(AggregationFields fields) =>
        fields.Field(_options.Field) is { IsSummarised: true } field && field.Path == ExtentFields.FileId && InnerTakesTotals(fields);

    private string TermOf(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual(_lastValue)) return _lastTerm;
        _lastValue = value.ToArray();
        return _lastTerm = JsonText.ToString(value, isEscaped: false);
    }

    public override void Merge(Aggregation other)
    {
        base.Merge(other);
        var terms = (TermsAggregation)other;
        _isNumeric |= terms._isNumeric;
        _isBoolean |= terms._isBoolean;
    }

    public override void Write(Utf8JsonWriter writer)
    {
        var chosen = Buckets.Where(bucket => bucket.Value.Count >= _options.MinCount).ToList();
        chosen.Sort(Compare);
        long others = chosen.Skip(_options.Size).Sum(bucket => bucket.Value.Count);
        if (chosen.Count > _options.Size) chosen.RemoveRange(_options.Size, chosen.Count - _options.Size);
        BucketBudget.Check(chosen.Count);
        writer.WriteNumber("doc_count_error_upper_bound", 0);
        writer.WriteNumber("sum_other_doc_count", others);
        writer.WriteStartArray("buckets");
        foreach ((string key, Bucket bucket) in chosen)
        {
            writer.WriteStartObject();
            if (_isBoolean)
            {
                writer.WriteNumber("key", key == "true" ? 1 : 0);
                writer.WriteString("key_as_string", key);
            }
            else if (_isNumeric && double.TryParse(key, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            {
                writer.WritePropertyName("key");
                writer.WriteRawValue(key);
            }
            else
            {
                writer.WriteString("key", key);
            }

            WriteCount(writer, bucket);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private int Compare(KeyValuePair<string, Bucket> a, KeyValuePair<string, Bucket> b)
    {
        foreach ((string by, bool descending) in _options.Order)
        {
            int order = by switch
            {
                "_key" or "_term" => CompareKeys(a.Key, b.Key),
                "_count" => a.Value.Count.CompareTo(b.Value.Count),
                _ => Metric(a.Value, by).CompareTo(Metric(b.Value, by)),
            };
            if (order != 0) return descending ? -order : order;
        }

        return CompareKeys(a.Key, b.Key);
    }

    private int CompareKeys(string a, string b) =>
        _isNumeric && double.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out double left) && double.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out double right)
            ? left.CompareTo(right)
            : string.CompareOrdinal(a, b);

    private static double Metric(Bucket bucket, string path) => ((MetricAggregation)bucket.Inner!.Find(path.Split('.')[0])!).Value;

    private static IReadOnlyList<(string By, bool Descending)> ReadOrder(JsonElement order)
    {
        IEnumerable<JsonElement> keys = order.ValueKind == JsonValueKind.Array ? order.EnumerateArray() : [order];
        return [.. keys.SelectMany(key => key.EnumerateObject()).Select(key => (key.Name, key.Value.GetString() == "desc"))];
    }

    private sealed record Options
    {
        public int Field { get; init; }

        public int Size { get; init; } = DefaultSize;

        public long MinCount { get; init; } = 1;

        public string? Missing { get; init; }

        public IReadOnlyList<(string By, bool Descending)> Order { get; init; } = [("_count", true)];
    }
}
