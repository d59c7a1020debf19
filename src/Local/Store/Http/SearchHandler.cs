using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using LogPipeline.Local.Store.Aggregations;
using LogPipeline.Local.Store.Files;
using LogPipeline.Local.Store.Indices;
using LogPipeline.Local.Store.Queries;
using LogPipeline.Local.Store.Search;
using Microsoft.AspNetCore.Http;

namespace LogPipeline.Local.Store.Http;

/// <summary><c>_search</c> and <c>_count</c>.</summary>
internal sealed class SearchHandler(EmbeddedStore store)
{
    /// <summary>Bytes of hits that wait in memory before they are sent.</summary>
    private const int FlushBytes = 256 << 10;

    public async Task SearchAsync(StoreRequest http, string expression)
    {
        long started = Stopwatch.GetTimestamp();
        http.CheckParameters(
            "q", "sort", "size", "from", "_source", "_source_includes", "_source_excludes", "track_total_hits", "ignore_unavailable", "allow_no_indices", "expand_wildcards",
            "timeout", "preference", "routing", "search_type", "request_cache", "batched_reduce_size", "rest_total_hits_as_int", "typed_keys", "ignore_throttled", "ccs_minimize_roundtrips",
            "max_concurrent_shard_requests", "pre_filter_shard_size", "terminate_after", "df", "default_operator", "analyzer", "analyze_wildcard", "lenient", "explain", "version", "seq_no_primary_term");
        using JsonDocument? body = await http.ReadJsonAsync().ConfigureAwait(false);
        var dates = new DateMath(store.Clock.GetUtcNow());
        SearchRequest request = StoreRequest.Parsed(() => SearchRequest.Read(body?.RootElement ?? default, http.Parameter));
        AggregationPlan? plan = StoreRequest.Parsed(() => AggregationPlan.Read(request.Aggregations, dates));
        List<StoreIndex> indices = IndexResolver.Resolve(store, http, expression);
        if (request.From + (long)request.Size > SearchRequest.MaxWindow) throw WindowTooLarge(request.From + (long)request.Size, indices.Count > 0 ? indices[0].Name : expression);
        var snapshots = new List<IndexSnapshot>();
        try
        {
            foreach (StoreIndex index in indices) snapshots.Add(index.Snapshot());
            SearchSource[] sources = StoreRequest.Parsed<SearchSource[]>(() => [.. snapshots.Select(snapshot => SearchExecutor.Prepare(snapshot, request, plan, dates))]);
            SearchResult result = await Task.Run(() => SearchExecutor.Run(sources, request, plan, http.Aborted), http.Aborted).ConfigureAwait(false);
            await AnswerAsync(http, request, sources, result, started).ConfigureAwait(false);
        }
        finally
        {
            foreach (IndexSnapshot snapshot in snapshots) snapshot.Dispose();
        }
    }

    public async Task CountAsync(StoreRequest http, string expression)
    {
        http.CheckParameters("q", "ignore_unavailable", "allow_no_indices", "expand_wildcards", "preference", "routing", "df", "default_operator", "analyzer", "analyze_wildcard", "lenient", "min_score", "terminate_after");
        using JsonDocument? body = await http.ReadJsonAsync().ConfigureAwait(false);
        JsonElement root = body?.RootElement ?? default;
        var dates = new DateMath(store.Clock.GetUtcNow());
        var request = new SearchRequest
        {
            Query = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("query", out JsonElement query) ? query : default,
            QueryText = http.Parameter("q"),
            Size = 0,
            TrackedHits = int.MaxValue,
        };
        List<StoreIndex> indices = IndexResolver.Resolve(store, http, expression);
        var snapshots = new List<IndexSnapshot>();
        try
        {
            foreach (StoreIndex index in indices) snapshots.Add(index.Snapshot());
            SearchSource[] sources = StoreRequest.Parsed<SearchSource[]>(() => [.. snapshots.Select(snapshot => SearchExecutor.Prepare(snapshot, request, null, dates))]);
            SearchResult result = await Task.Run(() => SearchExecutor.Run(sources, request, null, http.Aborted), http.Aborted).ConfigureAwait(false);
            await Answer.WriteAsync(http, 200, writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("count", result.Total);
                WriteShards(writer, indices.Count, result.DamagedBlocks);
                writer.WriteEndObject();
            }).ConfigureAwait(false);
        }
        finally
        {
            foreach (IndexSnapshot snapshot in snapshots) snapshot.Dispose();
        }
    }

    private static async Task AnswerAsync(StoreRequest http, SearchRequest request, SearchSource[] sources, SearchResult result, long started)
    {
        // Written before anything is sent: a result with too many buckets is refused as a whole.
        byte[]? aggregations = result.Aggregations is null ? null : Aggregated(result.Aggregations);
        if (http.Parameter("filter_path") is not null)
        {
            // Filtered answers are small, or their sender's affair; they are built as a whole.
            await Answer.WriteAsync(http, 200, writer =>
            {
                WriteHead(writer, request, sources.Length, result, started);
                for (int i = request.From; i < result.Hits.Length; i++) WriteHit(writer, request, sources, result.Hits[i]);
                WriteTail(writer, aggregations);
            }).ConfigureAwait(false);
            return;
        }

        HttpResponse response = Answer.Begin(http, 200, Answer.Json);
        using var writer = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Indented = http.Flag("pretty"), SkipValidation = true });
        WriteHead(writer, request, sources.Length, result, started);
        for (int i = request.From; i < result.Hits.Length; i++)
        {
            WriteHit(writer, request, sources, result.Hits[i]);
            if (writer.BytesPending < FlushBytes) continue;
            writer.Flush();
            await response.BodyWriter.FlushAsync(http.Aborted).ConfigureAwait(false);
        }

        WriteTail(writer, aggregations);
        writer.Flush();
        await response.BodyWriter.FlushAsync(http.Aborted).ConfigureAwait(false);
    }

    private static void WriteHead(Utf8JsonWriter writer, SearchRequest request, int indices, SearchResult result, long started)
    {
        writer.WriteStartObject();
        writer.WriteNumber("took", (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        writer.WriteBoolean("timed_out", false);
        WriteShards(writer, indices, result.DamagedBlocks);
        writer.WriteStartObject("hits");
        if (request.TrackedHits > 0)
        {
            writer.WriteStartObject("total");
            writer.WriteNumber("value", result.Total);
            writer.WriteString("relation", result.IsTotalExact ? "eq"u8 : "gte"u8);
            writer.WriteEndObject();
        }

        if (request.Sort.Length == 0 && result.Hits.Length > request.From) MetricAggregation.WriteNumber(writer, "max_score", 1);
        else writer.WriteNull("max_score");
        writer.WriteStartArray("hits");
    }

    private static byte[] Aggregated(AggregationSet aggregations)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            aggregations.Write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteTail(Utf8JsonWriter writer, byte[]? aggregations)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
        if (aggregations is not null)
        {
            writer.WritePropertyName("aggregations");
            writer.WriteRawValue(aggregations, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static void WriteHit(Utf8JsonWriter writer, SearchRequest request, SearchSource[] sources, Hit hit)
    {
        SearchSource source = sources[hit.Source];
        StoreIndex index = source.Snapshot.Index;
        // A block that was readable a moment ago and is damaged now: the hit is left out.
        using CachedBlock? block = index.Read(hit.Segment, hit.Sequence, out BlockRecords record);
        if (block is null) return;
        writer.WriteStartObject();
        writer.WriteString("_index", index.Name);
        writer.WriteString("_id", record.Id);
        if (request.ShowsVersion) writer.WriteNumber("_version", record.Version);
        if (request.ShowsSequence)
        {
            writer.WriteNumber("_seq_no", hit.Sequence);
            writer.WriteNumber("_primary_term", 1);
        }

        if (request.Sort.Length == 0) MetricAggregation.WriteNumber(writer, "_score", 1);
        else writer.WriteNull("_score");
        if (request.Source.IsShown)
        {
            writer.WritePropertyName("_source");
            request.Source.Write(writer, record.Source);
        }

        if (request.Sort.Length > 0)
        {
            writer.WriteStartArray("sort");
            for (int i = 0; i < hit.Values.Length; i++) source.Sort[i].Write(writer, hit.Values[i]);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>A damaged block is told as the failure of one shard: the answer is not complete.</summary>
    private static void WriteShards(Utf8JsonWriter writer, int indices, int damagedBlocks)
    {
        int failed = damagedBlocks > 0 ? 1 : 0;
        writer.WriteStartObject("_shards");
        writer.WriteNumber("total", indices);
        writer.WriteNumber("successful", indices - failed);
        writer.WriteNumber("skipped", 0);
        writer.WriteNumber("failed", failed);
        writer.WriteEndObject();
    }

    private static OpenSearchException WindowTooLarge(long window, string index) => new(OpenSearchError.IllegalArgument(
        $"Result window is too large, from + size must be less than or equal to: [{SearchRequest.MaxWindow}] but was [{window}]. "
        + "See the scroll api for a more efficient way to request large data sets. This limit can be set by changing the [index.max_result_window] index level setting.") with { FailedSearchOf = index });
}
