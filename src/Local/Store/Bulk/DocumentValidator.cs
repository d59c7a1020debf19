using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Documents;
using LogPipeline.Local.Store.Files.Ids;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Indices;
using LogPipeline.Local.Store.Mappings;
using LogPipeline.Local.Store.Totals;

namespace LogPipeline.Local.Store.Bulk;

/// <summary>
/// Checks a document against JSON and its index's mapping, and takes out what the store keeps beside it: the time and the keywords.
/// One instance per request.
/// </summary>
internal sealed class DocumentValidator
{
    /// <summary>Longer keyword values are not summarised.</summary>
    private const int MaxSummarisedBytes = 256;

    private static readonly ulong s_timestamp = FieldPath.Of("@timestamp");

    private readonly DocumentFields _fields = new();

    /// <summary>Null when the document is good; the item then has its time, its keywords and its place in a log file.</summary>
    public OpenSearchError? Check(ReadOnlySpan<byte> source, bool isUtf8, IndexMapping mapping, IngestRequest request, ref IngestItem item)
    {
        item.Timestamp = Timestamps.None;
        item.KeywordsStart = request.KeywordCount;
        (item.FileIdLength, item.LogOffset, item.LogLength) = (0, IngestItem.NoNumber, IngestItem.NoNumber);
        if (!isUtf8) return FailedToParse(new OpenSearchError(400, "json_parse_exception", "Invalid UTF-8 in the document's source"));
        ReadOnlySpan<byte> trimmed = source.TrimStart(" \t"u8);
        if (trimmed.Length == 0 || trimmed[0] != (byte)'{')
        {
            return FailedToParse(new OpenSearchError(400, "not_x_content_exception", "Compressor detection can only be called on some xcontent bytes or compressed xcontent bytes"));
        }

        try
        {
            _fields.Read(source, refuseDuplicateKeys: true);
        }
        catch (JsonException e)
        {
            return e.Message.StartsWith("Limit of", StringComparison.Ordinal) ? OpenSearchError.IllegalArgument(e.Message) : FailedToParse(JsonErrors.From(e, source));
        }

        ReadOnlySpan<JsonField> fields = _fields.Fields;
        for (int i = 1; i < fields.Length; i++)
        {
            ref readonly JsonField field = ref fields[i];
            if (field.NameLength == 0) return FailedToParse(OpenSearchError.IllegalArgument("field name cannot be an empty string"));
            FieldType type = mapping.TypeOf(_fields, i, source);
            if (!Fits(source, field, type)) return DoesNotFit(source, i, type, request.Id(item));
            if (field.Path == s_timestamp && item.Timestamp == Timestamps.None) item.Timestamp = ReadTimestamp(source, field);
            if (type == FieldType.Keyword && field.Type is (JsonTokenType.String or JsonTokenType.Number)) AddKeyword(source, field, request);
            if (ExtentFields.Has(field.Path)) ExtentFields.Read(source, field, ref item);
        }

        item.KeywordsLength = request.KeywordCount - item.KeywordsStart;
        return null;
    }

    private static void AddKeyword(ReadOnlySpan<byte> source, in JsonField field, IngestRequest request)
    {
        bool isSummarised = !field.IsEscaped && field.Length <= MaxSummarisedBytes;
        request.AddKeyword(IdHash.OfField(field.Path), isSummarised ? IdHash.OfFieldValue(field.Path, source.Slice(field.Start, field.Length)) : 0);
    }

    private static long ReadTimestamp(ReadOnlySpan<byte> source, in JsonField field) =>
        field.Type is JsonTokenType.String or JsonTokenType.Number && Timestamps.TryParse(source.Slice(field.Start, field.Length), out long nanos) ? nanos : Timestamps.None;

    private static bool Fits(ReadOnlySpan<byte> source, in JsonField field, FieldType type)
    {
        if (field.Type == JsonTokenType.Null || type is FieldType.Dynamic or FieldType.FlatLeaf or FieldType.Disabled) return true;
        if (type is FieldType.Object or FieldType.FlatObject) return field.Type == JsonTokenType.StartObject;
        if (field.Type == JsonTokenType.StartObject) return false;
        ReadOnlySpan<byte> value = source.Slice(field.Start, field.Length);
        return type switch
        {
            FieldType.Long => field.Type is JsonTokenType.String or JsonTokenType.Number && IsLong(value),
            FieldType.Double => field.Type is JsonTokenType.String or JsonTokenType.Number && Utf8Parser.TryParse(value, out double number, out int used) && used == value.Length && double.IsFinite(number),
            FieldType.Boolean => field.Type is JsonTokenType.True or JsonTokenType.False || value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8) || value.IsEmpty,
            FieldType.Date => field.Type is JsonTokenType.String or JsonTokenType.Number && Timestamps.TryParse(value, out _),
            FieldType.DateNanos => field.Type is JsonTokenType.String or JsonTokenType.Number && Timestamps.TryParse(value, out long nanos) && nanos >= 0,
            _ => true,
        };
    }

    private static bool IsLong(ReadOnlySpan<byte> value) =>
        Utf8Parser.TryParse(value, out long _, out int used) && used == value.Length
        || Utf8Parser.TryParse(value, out double number, out used) && used == value.Length && Math.Abs(number) < 9.2233720368547758e18;

    private OpenSearchError DoesNotFit(ReadOnlySpan<byte> source, int index, FieldType type, ReadOnlySpan<byte> id)
    {
        JsonField field = _fields.Fields[index];
        string name = _fields.NameOf(source, index);
        if (type is FieldType.Object or FieldType.FlatObject)
        {
            return new OpenSearchError(400, "mapper_parsing_exception", $"object mapping for [{name}] tried to parse field [{name}] as object, but found a concrete value");
        }

        string preview = field.Type == JsonTokenType.StartObject ? "{…}" : Encoding.UTF8.GetString(source.Slice(field.Start, Math.Min(field.Length, 200)));
        OpenSearchError cause = field.Type == JsonTokenType.StartObject
            ? new OpenSearchError(400, "illegal_state_exception", "Can't get text on a START_OBJECT")
            : OpenSearchError.IllegalArgument(type is FieldType.Date or FieldType.DateNanos
                ? $"failed to parse date field [{preview}] with format [strict_date_optional_time||epoch_millis]"
                : $"For input string: \"{preview}\"");
        return new OpenSearchError(
            400, "mapper_parsing_exception",
            $"failed to parse field [{name}] of type [{TypeName(type)}] in document with id '{Encoding.UTF8.GetString(id)}'. Preview of field's value: '{preview}'") { CausedBy = cause };
    }

    private static string TypeName(FieldType type) => type switch
    {
        FieldType.DateNanos => "date_nanos",
        _ => type.ToString().ToLowerInvariant(),
    };

    private static OpenSearchError FailedToParse(OpenSearchError cause) => new(400, "mapper_parsing_exception", "failed to parse") { CausedBy = cause };
}
