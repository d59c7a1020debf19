using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LogPipeline.Local.Store.Bulk;
using LogPipeline.Local.Store.Indices;
using LogPipeline.Local.Store.Mappings;
using Microsoft.AspNetCore.Http;

namespace LogPipeline.Local.Store.Http;

/// <summary><c>_bulk</c>: the whole body is read and checked before anything of it is written; the answer comes when all of it is durable.</summary>
internal sealed class BulkHandler(EmbeddedStore store)
{
    /// <summary>Bytes of bodies that may be in memory at once; past it, requests are told to come again.</summary>
    private const long MaxBytesInFlight = 256L << 20;

    private static readonly JsonEncodedText[] s_operations = [JsonEncodedText.Encode("create"), JsonEncodedText.Encode("index"), JsonEncodedText.Encode("delete"), JsonEncodedText.Encode("update")];

    private long _bytesInFlight;

    public async Task HandleAsync(StoreRequest request, string? index)
    {
        long started = Stopwatch.GetTimestamp();
        request.CheckParameters("refresh", "timeout", "wait_for_active_shards", "routing", "pipeline", "require_alias", "_source", "_source_includes", "_source_excludes", "type");
        bool isForcedRefresh = request.IsForcedRefresh();
        long bytes = request.Context.Request.ContentLength ?? 0;
        if (Interlocked.Add(ref _bytesInFlight, bytes) > MaxBytesInFlight && bytes < Interlocked.Read(ref _bytesInFlight))
        {
            Interlocked.Add(ref _bytesInFlight, -bytes);
            throw new OpenSearchException(new OpenSearchError(429, "rejected_execution_exception", $"rejected execution of bulk request: more than {MaxBytesInFlight} bytes are under way"));
        }

        try
        {
            using PooledBody body = await request.ReadBodyAsync().ConfigureAwait(false);
            // Chunked and compressed bodies say their size only now.
            Interlocked.Add(ref _bytesInFlight, body.Length - bytes);
            bytes = body.Length;
            if (body.Length > 0) request.CheckContentType();
            var parser = new BulkParser(new DocumentValidator(), MappingOf);
            using BulkRequest bulk = parser.Parse(body.Memory, index);
            RefuseTargets(request, bulk);
            await WriteDocumentsAsync(bulk).ConfigureAwait(false);
            await AnswerAsync(request, bulk, started, isForcedRefresh).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Add(ref _bytesInFlight, -bytes);
        }
    }

    private IndexMapping MappingOf(string index)
    {
        if (store.FindIndex(index) is { } known) return known.Mapping;
        return new IndexMapping(store.Templates.For(index)?.Mappings ?? default);
    }

    private static void RefuseTargets(StoreRequest request, BulkRequest bulk)
    {
        string? pipeline = request.Parameter("pipeline");
        bool requiresAlias = request.Flag("require_alias");
        if (pipeline is null && !requiresAlias) return;
        foreach (BulkTarget target in bulk.Targets)
        {
            OpenSearchError error = pipeline is not null
                ? OpenSearchError.IllegalArgument($"pipeline with id [{pipeline}] does not exist")
                : OpenSearchError.IndexNotFound(target.Name) with { Reason = $"no such index [{target.Name}] and [require_alias] request flag is [true] and [{target.Name}] is not an alias", Details = [("index", target.Name), ("index_uuid", "_na_")] };
            foreach (int position in target.Positions) bulk.Refuse(position, error);
            target.Positions.Clear();
        }
    }

    private Task WriteDocumentsAsync(BulkRequest bulk)
    {
        if (bulk.Targets is [{ Positions.Count: > 0 } only]) return WriteAsync(bulk, only);
        return Task.WhenAll(bulk.Targets.Where(target => target.Positions.Count > 0).Select(target => WriteAsync(bulk, target)));
    }

    private Task WriteAsync(BulkRequest bulk, BulkTarget target)
    {
        try
        {
            return store.WriteAsync(target.Name, bulk.Documents, target.Positions);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The index could not be created: none of its documents is stored.
            foreach (int position in target.Positions) bulk.Documents.Items[position].Outcome = IngestOutcome.Unavailable;
            return Task.CompletedTask;
        }
    }

    private async Task AnswerAsync(StoreRequest request, BulkRequest bulk, long started, bool isForcedRefresh)
    {
        var shape = new BulkAnswerShape(FilterPath.Read(request.Parameter("filter_path")));
        HttpResponse response = Answer.Begin(request, 200, Answer.Json);
        using (var writer = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Indented = request.Flag("pretty"), SkipValidation = true }))
        {
            writer.WriteStartObject();
            if (shape.Took) writer.WriteNumber("took", (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (shape.Errors) writer.WriteBoolean("errors", HasErrors(bulk));
            WriteItems(writer, bulk, shape, isForcedRefresh);
            writer.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
    }

    /// <summary>An array that keeps no item vanishes with them.</summary>
    private void WriteItems(Utf8JsonWriter writer, BulkRequest bulk, BulkAnswerShape shape, bool isForcedRefresh)
    {
        bool any = false;
        for (int i = 0; i < bulk.Actions.Count; i++)
        {
            BulkAction action = bulk.Actions[i];
            BulkTarget target = bulk.Targets[action.Target];
            ref readonly IngestItem item = ref bulk.Documents.Items[i];
            BulkItemShape fields = shape.Of(action.Operation);
            OpenSearchError? error = ErrorOf(bulk, i, target.Name);
            if (!fields.HasAny(error is not null)) continue;
            if (!any) writer.WriteStartArray("items");
            any = true;
            writer.WriteStartObject();
            writer.WriteStartObject(s_operations[(int)action.Operation]);
            if (fields.Index) writer.WriteString("_index", target.NameUtf8);
            if (fields.Id) writer.WriteString("_id", bulk.Documents.Id(item));
            if (error is null)
            {
                if (fields.Version) writer.WriteNumber("_version", item.Version);
                if (fields.Result) writer.WriteString("result", item.Outcome == IngestOutcome.Created ? "created"u8 : "updated"u8);
                if (fields.ForcedRefresh && isForcedRefresh) writer.WriteBoolean("forced_refresh", true);
                if (fields.Shards) DocumentHandler.WriteShards(writer);
                if (fields.Sequence) writer.WriteNumber("_seq_no", item.Sequence);
                if (fields.PrimaryTerm) writer.WriteNumber("_primary_term", 1);
                if (fields.Status) writer.WriteNumber("status", item.Outcome == IngestOutcome.Created ? 201 : 200);
            }
            else
            {
                if (fields.Status) writer.WriteNumber("status", error.Status);
                fields.WriteError(writer, error);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        if (any) writer.WriteEndArray();
    }

    private static bool HasErrors(BulkRequest bulk)
    {
        for (int i = 0; i < bulk.Actions.Count; i++)
        {
            if (bulk.Documents.Items[i].Outcome is not (IngestOutcome.Created or IngestOutcome.Updated)) return true;
        }

        return false;
    }

    private OpenSearchError? ErrorOf(BulkRequest bulk, int position, string index)
    {
        ref readonly IngestItem item = ref bulk.Documents.Items[position];
        return item.Outcome switch
        {
            IngestOutcome.Created or IngestOutcome.Updated => null,
            IngestOutcome.Conflict => OpenSearchError.VersionConflict(Encoding.UTF8.GetString(bulk.Documents.Id(item)), item.Version, index, store.FindIndex(index)?.Uuid ?? "_na_"),
            IngestOutcome.DiskFull => OpenSearchError.DiskFull(index),
            IngestOutcome.Unavailable => OpenSearchError.Unavailable(index),
            _ => bulk.Refusal(position),
        };
    }
}
