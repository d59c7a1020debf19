using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using LogPipeline.Local.Store.Files.Ids;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Indices;
using LogPipeline.Local.Store.Mappings;

namespace LogPipeline.Local.Store.Bulk;

/// <summary>
/// Reads the body of <c>_bulk</c>, as OpenSearch does:
/// <code>
/// body   = *( *blank-line action LF [ source LF ] )      ends with LF; delete has no source
/// action = { "create" | "index" | "delete" | "update" : { "_index", "_id", … } }
/// </code>
/// A bad action line refuses the whole request, a bad source only its item. An unknown operation and its source are left out without
/// a word, and so is a last action without a source: as OpenSearch does, so that senders learn to count.
/// </summary>
internal sealed class BulkParser(DocumentValidator validator, Func<string, IndexMapping> mappingOf)
{
    private const int MaxIdBytes = 512;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 8 };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Throws <see cref="OpenSearchException"/> when the whole request is refused.</summary>
    public BulkRequest Parse(ReadOnlyMemory<byte> body, string? defaultIndex)
    {
        if (body.Length == 0) throw new OpenSearchException(new OpenSearchError(400, "parse_exception", "request body is required"));
        if (body.Span[^1] != (byte)'\n') throw new OpenSearchException(OpenSearchError.IllegalArgument("The bulk request must be terminated by a newline [\\n]"));
        var request = new BulkRequest(body);
        try
        {
            Parse(body.Span, defaultIndex, request);
            if (request.Actions.Count == 0) throw new OpenSearchException(OpenSearchError.Validation("no requests added"));
            return request;
        }
        catch
        {
            request.Dispose();
            throw;
        }
    }

    private void Parse(ReadOnlySpan<byte> body, string? defaultIndex, BulkRequest request)
    {
        bool isUtf8 = Utf8.IsValid(body);
        int at = body.StartsWith(ByteOrderMark) ? ByteOrderMark.Length : 0;
        int line = 0;
        while (at < body.Length)
        {
            ReadOnlySpan<byte> actionLine = NextLine(body, at, out int next);
            line++;
            if (actionLine.Trim(" \t\r"u8).IsEmpty)
            {
                at = next;
                continue;
            }

            var item = default(IngestItem);
            if (!isUtf8 && !Utf8.IsValid(actionLine)) throw new OpenSearchException(new OpenSearchError(400, "json_parse_exception", $"Invalid UTF-8 in action/metadata line [{line}]"));
            BulkAction? action = ReadAction(actionLine, at, line, defaultIndex, request, ref item);
            at = next;
            if (action is { Operation: BulkOperation.Delete } delete)
            {
                Add(request, delete, item, OpenSearchError.IllegalArgument("delete is not supported by the embedded store"));
                continue;
            }

            if (at >= body.Length) return;
            int start = at;
            ReadOnlySpan<byte> source = NextLine(body, at, out at);
            line++;
            if (action is not { } known) continue;
            if (source.Length > 0 && source[^1] == (byte)'\r') source = source[..^1];
            item.SourceStart = start;
            item.SourceLength = source.Length;
            if (known.Operation == BulkOperation.Update)
            {
                Add(request, known, item, OpenSearchError.IllegalArgument("update is not supported by the embedded store"));
                continue;
            }

            BulkTarget target = request.Targets[known.Target];
            OpenSearchError? error = target.Refusal ?? CheckId(request, item)
                ?? validator.Check(source, isUtf8 || Utf8.IsValid(source), target.Mapping, request.Documents, ref item);
            Add(request, known, item, error);
        }
    }

    private static OpenSearchError? CheckId(BulkRequest request, in IngestItem item) =>
        request.Documents.Id(item).Length == 0 ? OpenSearchError.IllegalArgument("if _id is specified it must not be empty") : null;

    private static void Add(BulkRequest request, BulkAction action, in IngestItem item, OpenSearchError? error)
    {
        int position = request.Documents.Add(item);
        request.Actions.Add(action);
        if (error is not null) request.Refuse(position, error);
        else request.Targets[action.Target].Positions.Add(position);
    }

    private static ReadOnlySpan<byte> NextLine(ReadOnlySpan<byte> body, int at, out int next)
    {
        int length = body[at..].IndexOf((byte)'\n');
        next = at + length + 1;
        return body.Slice(at, length);
    }

    /// <summary>Null for an operation that is unknown.</summary>
    private BulkAction? ReadAction(ReadOnlySpan<byte> text, int offset, int line, string? defaultIndex, BulkRequest request, ref IngestItem item)
    {
        try
        {
            var reader = new Utf8JsonReader(text, s_options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Malformed(line, "START_OBJECT", reader.TokenType);
            if (!reader.Read() || reader.TokenType != JsonTokenType.PropertyName) throw Malformed(line, "FIELD_NAME", reader.TokenType);
            BulkOperation? operation = reader.ValueTextEquals("create"u8) ? BulkOperation.Create
                : reader.ValueTextEquals("index"u8) ? BulkOperation.Index
                : reader.ValueTextEquals("delete"u8) ? BulkOperation.Delete
                : reader.ValueTextEquals("update"u8) ? BulkOperation.Update
                : null;
            if (!reader.Read() || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject)) throw Malformed(line, "START_OBJECT or END_OBJECT", reader.TokenType);
            int indexStart = -1, indexLength = 0;
            bool indexEscaped = false;
            item.IdStart = int.MinValue;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadParameter(ref reader, offset, line, operation is not null, request, ref item, ref indexStart, ref indexLength, ref indexEscaped);
            while (reader.Read())
            {
                // What follows the first operation is read for its syntax only.
            }

            if (operation is not { } known) return null;
            if (item.IdStart == int.MinValue)
            {
                if (known is BulkOperation.Delete or BulkOperation.Update) throw new OpenSearchException(OpenSearchError.Validation("id is missing"));
                item.IdStart = request.Documents.AddId(DocumentId.New());
            }

            ReadOnlySpan<byte> id = request.Documents.Id(item);
            if (id.Length > MaxIdBytes)
            {
                throw new OpenSearchException(OpenSearchError.Validation($"id [{Encoding.UTF8.GetString(id)}] is too long, must be no longer than 512 bytes but was: {id.Length}"));
            }

            item.IdHash = IdHash.Of(id);
            item.Overwrite = known == BulkOperation.Index;
            return new BulkAction(known, TargetOf(text, indexStart, indexLength, indexEscaped, defaultIndex, request));
        }
        catch (JsonException e)
        {
            throw new OpenSearchException(JsonErrors.From(e, text));
        }
        catch (InvalidOperationException e)
        {
            // A text with half a surrogate pair, where a name or an id is wanted.
            throw new OpenSearchException(new OpenSearchError(400, "json_parse_exception", e.Message));
        }
    }

    private static void ReadParameter(
        ref Utf8JsonReader reader, int offset, int line, bool isKnown, BulkRequest request, ref IngestItem item, ref int indexStart, ref int indexLength, ref bool indexEscaped)
    {
        bool isIndex = reader.ValueTextEquals("_index"u8), isId = reader.ValueTextEquals("_id"u8);
        if (isKnown && !isIndex && !isId && !IsKnownParameter(ref reader))
        {
            throw new OpenSearchException(OpenSearchError.IllegalArgument($"Action/metadata line [{line}] contains an unknown parameter [{reader.GetString()}]"));
        }

        reader.Read();
        int start = (int)reader.TokenStartIndex;
        if (isIndex && reader.TokenType == JsonTokenType.String)
        {
            (indexStart, indexLength, indexEscaped) = (start + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
        }
        else if (isId && reader.TokenType is (JsonTokenType.String or JsonTokenType.Number))
        {
            if (reader.TokenType == JsonTokenType.String && reader.ValueIsEscaped) item.IdStart = request.Documents.AddId(Encoding.UTF8.GetBytes(reader.GetString()!));
            else (item.IdStart, item.IdLength) = (offset + start + (reader.TokenType == JsonTokenType.String ? 1 : 0), reader.ValueSpan.Length);
        }
        else
        {
            reader.Skip();
        }
    }

    private static bool IsKnownParameter(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("_type"u8) || reader.ValueTextEquals("routing"u8) || reader.ValueTextEquals("version"u8) || reader.ValueTextEquals("version_type"u8)
        || reader.ValueTextEquals("op_type"u8) || reader.ValueTextEquals("pipeline"u8) || reader.ValueTextEquals("if_seq_no"u8) || reader.ValueTextEquals("if_primary_term"u8)
        || reader.ValueTextEquals("require_alias"u8) || reader.ValueTextEquals("retry_on_conflict"u8) || reader.ValueTextEquals("_source"u8);

    private int TargetOf(ReadOnlySpan<byte> text, int start, int length, bool isEscaped, string? defaultIndex, BulkRequest request)
    {
        List<BulkTarget> targets = request.Targets;
        if (start >= 0 && !isEscaped && targets.Count > 0)
        {
            // Bodies of one tenant name few indices, mostly the one before.
            ReadOnlySpan<byte> name = text.Slice(start, length);
            for (int i = targets.Count - 1; i >= 0 && i >= targets.Count - 8; i--)
            {
                if (targets[i].NameUtf8.AsSpan().SequenceEqual(name)) return i;
            }
        }

        string index = start < 0
            ? defaultIndex ?? throw new OpenSearchException(OpenSearchError.Validation("index is missing"))
            : Documents.JsonText.ToString(text.Slice(start, length), isEscaped);
        int known = targets.FindIndex(target => target.Name == index);
        if (known >= 0) return known;
        OpenSearchError? refusal = IndexName.Check(index);
        targets.Add(new BulkTarget(index, refusal is null ? mappingOf(index) : new IndexMapping(), refusal));
        return targets.Count - 1;
    }

    private static OpenSearchException Malformed(int line, string expected, JsonTokenType found) =>
        new(OpenSearchError.IllegalArgument($"Malformed action/metadata line [{line}], expected {expected} but found [{JsonErrors.TokenName(found)}]"));
}
