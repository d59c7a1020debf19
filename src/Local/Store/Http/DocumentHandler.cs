using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using LogPipeline.Local.Store.Bulk;
using LogPipeline.Local.Store.Files.Ids;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Indices;
using LogPipeline.Local.Store.Mappings;
using LogPipeline.Local.Store.Queries;
using LogPipeline.Local.Store.Search;
using Microsoft.AspNetCore.Http;

namespace LogPipeline.Local.Store.Http;

/// <summary>Single documents: <c>_doc</c>, <c>_create</c>, <c>_mget</c>.</summary>
internal sealed class DocumentHandler(EmbeddedStore store)
{
    private const int FlushBytes = 256 << 10;

    public static void WriteShards(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("_shards");
        writer.WriteNumber("total", 1);
        writer.WriteNumber("successful", 1);
        writer.WriteNumber("failed", 0);
        writer.WriteEndObject();
    }

    public Task GetAsync(StoreRequest request, string name, string id)
    {
        request.CheckParameters("_source", "_source_includes", "_source_excludes", "realtime", "refresh", "preference", "routing", "stored_fields", "version", "version_type");
        StoreIndex index = store.FindIndex(name) ?? throw new OpenSearchException(OpenSearchError.IndexNotFound(name, "index_expression"));
        SourceFilter filter = UriFilter(request) ?? SourceFilter.All;
        using IndexSnapshot snapshot = index.Snapshot();
        byte[] utf8 = Encoding.UTF8.GetBytes(id);
        bool isFound = index.TryFind(snapshot, IdHash.Of(utf8), utf8, out _);
        return Answer.WriteAsync(request, isFound ? 200 : 404, writer => WriteDocument(writer, index, snapshot, utf8, filter));
    }

    public async Task PutAsync(StoreRequest request, string name, string? id, bool isCreate)
    {
        request.CheckParameters("refresh", "timeout", "routing", "op_type", "wait_for_active_shards", "require_alias", "version", "version_type", "if_seq_no", "if_primary_term", "pipeline");
        bool isForcedRefresh = request.IsForcedRefresh();
        using PooledBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        if (body.Length == 0) throw new OpenSearchException(new OpenSearchError(400, "parse_exception", "request body is required"));
        request.CheckContentType();
        if (IndexName.Check(name) is { } refusal) throw new OpenSearchException(refusal);
        using var document = new IngestRequest(body.Memory);
        var item = new IngestItem { SourceLength = body.Length, Overwrite = !isCreate };
        byte[] utf8 = id is null ? DocumentId.New() : Encoding.UTF8.GetBytes(id);
        item.IdStart = document.AddId(utf8);
        item.IdHash = IdHash.Of(utf8);
        if (utf8.Length > 512) throw new OpenSearchException(OpenSearchError.Validation($"id [{id}] is too long, must be no longer than 512 bytes but was: {utf8.Length}"));
        IndexMapping mapping = store.FindIndex(name)?.Mapping ?? new IndexMapping(store.Templates.For(name)?.Mappings ?? default);
        OpenSearchError? error = new DocumentValidator().Check(body.Memory.Span, Utf8.IsValid(body.Memory.Span), mapping, document, ref item);
        if (error is not null) throw new OpenSearchException(error);
        int position = document.Add(item);
        await store.WriteAsync(name, document, [position]).ConfigureAwait(false);
        item = document.Items[position];
        switch (item.Outcome)
        {
            case IngestOutcome.Conflict:
                throw new OpenSearchException(OpenSearchError.VersionConflict(Encoding.UTF8.GetString(utf8), item.Version, name, store.FindIndex(name)?.Uuid ?? "_na_"));
            case IngestOutcome.DiskFull:
                throw new OpenSearchException(OpenSearchError.DiskFull(name));
            case IngestOutcome.Unavailable:
                throw new OpenSearchException(OpenSearchError.Unavailable(name));
        }

        bool isCreated = item.Outcome == IngestOutcome.Created;
        await Answer.WriteAsync(request, isCreated ? 201 : 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("_index", name);
            writer.WriteString("_id", utf8);
            writer.WriteNumber("_version", item.Version);
            writer.WriteString("result", isCreated ? "created"u8 : "updated"u8);
            if (isForcedRefresh) writer.WriteBoolean("forced_refresh", true);
            WriteShards(writer);
            writer.WriteNumber("_seq_no", item.Sequence);
            writer.WriteNumber("_primary_term", 1);
            writer.WriteEndObject();
        }).ConfigureAwait(false);
    }

    public async Task MultiGetAsync(StoreRequest request, string? defaultIndex)
    {
        request.CheckParameters("_source", "_source_includes", "_source_excludes", "realtime", "refresh", "preference", "routing", "stored_fields");
        using JsonDocument? body = await request.ReadJsonAsync().ConfigureAwait(false);
        if (body is null) throw new OpenSearchException(new OpenSearchError(400, "parse_exception", "request body or source parameter is required"));
        SourceFilter? uriFilter = UriFilter(request);
        List<(string Index, byte[] Id, SourceFilter Filter)> wanted = StoreRequest.Parsed(() => ReadWanted(body.RootElement, defaultIndex, uriFilter ?? SourceFilter.All));
        if (wanted.Count == 0) throw new OpenSearchException(OpenSearchError.Validation("no documents to get"));
        var snapshots = new Dictionary<string, IndexSnapshot>(StringComparer.Ordinal);
        try
        {
            foreach ((string index, _, _) in wanted)
            {
                if (!snapshots.ContainsKey(index) && store.FindIndex(index) is { } known) snapshots[index] = known.Snapshot();
            }

            if (request.Parameter("filter_path") is not null || request.Flag("pretty"))
            {
                await Answer.WriteAsync(request, 200, writer =>
                {
                    WriteStart(writer);
                    foreach ((string index, byte[] id, SourceFilter filter) in wanted) WriteOne(writer, index, snapshots.GetValueOrDefault(index), id, filter);
                    WriteEnd(writer);
                }).ConfigureAwait(false);
                return;
            }

            HttpResponse response = Answer.Begin(request, 200, Answer.Json);
            using var streaming = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { SkipValidation = true });
            WriteStart(streaming);
            foreach ((string index, byte[] id, SourceFilter filter) in wanted)
            {
                WriteOne(streaming, index, snapshots.GetValueOrDefault(index), id, filter);
                if (streaming.BytesPending < FlushBytes) continue;
                streaming.Flush();
                await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
            }

            WriteEnd(streaming);
            streaming.Flush();
            await response.BodyWriter.FlushAsync(request.Aborted).ConfigureAwait(false);
        }
        finally
        {
            foreach (IndexSnapshot snapshot in snapshots.Values) snapshot.Dispose();
        }
    }

    private static void WriteStart(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("docs");
    }

    private static void WriteEnd(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static List<(string Index, byte[] Id, SourceFilter Filter)> ReadWanted(JsonElement body, string? defaultIndex, SourceFilter filter)
    {
        var wanted = new List<(string, byte[], SourceFilter)>();
        if (body.ValueKind != JsonValueKind.Object) throw new OpenSearchException(new OpenSearchError(400, "parsing_exception", "unexpected token, expected an object"));
        foreach (JsonProperty property in body.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Array || property.Name is not ("docs" or "ids"))
            {
                throw new OpenSearchException(new OpenSearchError(400, "parsing_exception", $"unknown key [{property.Name}], expected [docs] or [ids]"));
            }

            foreach (JsonElement element in property.Value.EnumerateArray())
            {
                JsonElement id = property.Name == "ids" ? element : QueryParser.Required(element, "_id");
                string? index = property.Name == "docs" && element.TryGetProperty("_index", out JsonElement named) ? named.GetString() : defaultIndex;
                SourceFilter own = property.Name == "docs" && element.TryGetProperty("_source", out JsonElement source) ? SourceFilter.Read(source) : filter;
                wanted.Add((index ?? throw new OpenSearchException(OpenSearchError.Validation($"index is missing for doc {wanted.Count}")), Encoding.UTF8.GetBytes(QueryParser.Text(id)), own));
            }
        }

        return wanted;
    }

    private static void WriteOne(Utf8JsonWriter writer, string name, IndexSnapshot? snapshot, byte[] id, SourceFilter filter)
    {
        if (snapshot is not null)
        {
            WriteDocument(writer, snapshot.Index, snapshot, id, filter);
            return;
        }

        OpenSearchError error = OpenSearchError.IndexNotFound(name, "index_expression");
        writer.WriteStartObject();
        writer.WriteString("_index", name);
        writer.WriteString("_id", id);
        writer.WriteStartObject("error");
        writer.WriteStartArray("root_cause");
        error.Write(writer);
        writer.WriteEndArray();
        writer.WriteString("type", error.Type);
        writer.WriteString("reason", error.Reason);
        foreach ((string key, string value) in error.Details) writer.WriteString(key, value);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteDocument(Utf8JsonWriter writer, StoreIndex index, IndexSnapshot snapshot, byte[] id, SourceFilter filter)
    {
        writer.WriteStartObject();
        writer.WriteString("_index", index.Name);
        writer.WriteString("_id", id);
        BlockRecords record = default;
        using CachedBlock? block = index.TryFind(snapshot, IdHash.Of(id), id, out DocumentLocation location) ? index.Read(location.Segment, location.Sequence, out record) : null;
        if (block is not null)
        {
            writer.WriteNumber("_version", record.Version);
            writer.WriteNumber("_seq_no", location.Sequence);
            writer.WriteNumber("_primary_term", 1);
            writer.WriteBoolean("found", true);
            if (filter.IsShown)
            {
                writer.WritePropertyName("_source");
                filter.Write(writer, record.Source);
            }
        }
        else
        {
            writer.WriteBoolean("found", false);
        }

        writer.WriteEndObject();
    }

    private static SourceFilter? UriFilter(StoreRequest request) =>
        SourceFilter.Read(request.Parameter("_source"), request.Parameter("_source_includes"), request.Parameter("_source_excludes"));
}
