using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Mappings;
using LogPipeline.Local.Store.Queries;

namespace LogPipeline.Local.Store.Search;

/// <summary>Takes one sort key's value out of the documents of one index.</summary>
internal sealed class SortReader
{
    private readonly SortKey _key;
    private readonly FieldReference _field;
    private readonly bool _isTime;

    public SortReader(SortKey key, IndexMapping mapping, string index)
    {
        _key = key;
        _field = FieldReference.Of(key.Field, mapping);
        if (_field.Type == FieldType.Text)
        {
            throw new OpenSearchException(OpenSearchError.IllegalArgument(
                "Text fields are not optimised for operations that require per-document field data like aggregations and sorting, so these operations are disabled by default. "
                + $"Please use a keyword field instead. Alternatively, set fielddata=true on [{key.Field}] in order to load field data by uninverting the inverted index. "
                + "Note that this can use significant memory.") with { FailedSearchOf = index });
        }

        _isTime = _field.Type is FieldType.Date or FieldType.DateNanos || _field.Type == FieldType.Dynamic && key.IsTimestamp;
        NanosPerUnit = _isTime && _field.Type != FieldType.DateNanos ? Timestamps.NanosPerMillisecond : 1;
    }

    /// <summary>By what a time is divided when it is shown: milliseconds for <c>date</c>, 1 otherwise.</summary>
    public long NanosPerUnit { get; }

    public SortValue Read(CandidateDocument document)
    {
        if (_key.Field.Length > 0 && _key.Field[0] == '_')
        {
            switch (_key.Field)
            {
                case "_id":
                    return SortValue.From(document.Id);
                case "_doc" or "_seq_no":
                    return SortValue.From(document.Sequence);
                case "_score":
                    return SortValue.From(1.0);
            }
        }

        SortValue best = SortValue.Missing;
        foreach (ref readonly JsonField leaf in document.Fields)
        {
            if (!_field.Selects(document, leaf)) continue;
            SortValue value = Value(document.Value(leaf), leaf.Type);
            if (value.IsMissing) continue;
            if (best.IsMissing || _key.Compare(value, best) < 0) best = value;
        }

        return best;
    }

    /// <summary>Reads one of <c>search_after</c>'s values.</summary>
    public SortValue ReadAfter(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return SortValue.Missing;
        byte[] text = Encoding.UTF8.GetBytes(QueryParser.Text(value));
        if (_isTime && value.ValueKind == JsonValueKind.Number && Utf8Parser.TryParse(text, out long units, out int used) && used == text.Length)
        {
            return units is long.MaxValue or long.MinValue ? SortValue.Missing : SortValue.From(checked(units * NanosPerUnit));
        }

        SortValue read = Value(text, value.ValueKind == JsonValueKind.Number ? JsonTokenType.Number : JsonTokenType.String);
        return IsNumeric && !read.IsMissing && read.AsLong is long.MaxValue or long.MinValue ? SortValue.Missing : read;
    }

    /// <summary>Writes a value as OpenSearch shows it: a missing number as the largest or the smallest there is.</summary>
    public void Write(Utf8JsonWriter writer, in SortValue value)
    {
        if (value.IsMissing && IsNumeric) writer.WriteNumberValue(_key.MissingFirst == _key.Descending ? long.MaxValue : long.MinValue);
        else value.Write(writer, NanosPerUnit);
    }

    private bool IsNumeric => _isTime || _key.IsNumeric || _field.Type is FieldType.Long or FieldType.Double;

    private SortValue Value(ReadOnlySpan<byte> text, JsonTokenType written)
    {
        if (_isTime) return Timestamps.TryParse(text, out long nanos) ? SortValue.From(nanos / NanosPerUnit * NanosPerUnit) : SortValue.Missing;
        if (_field.Type is FieldType.Long or FieldType.Double || _field.Type == FieldType.Dynamic && written == JsonTokenType.Number)
        {
            if (Utf8Parser.TryParse(text, out long whole, out int used) && used == text.Length) return SortValue.From(whole);
            return Utf8Parser.TryParse(text, out double number, out used) && used == text.Length ? SortValue.From(number) : SortValue.Missing;
        }

        return SortValue.From(text);
    }
}
