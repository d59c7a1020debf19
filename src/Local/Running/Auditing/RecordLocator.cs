using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>Finds the one record that a person names, by its id or by a place in a file as it is or was named.</summary>
internal sealed class RecordLocator(StoreAccess access, string indices)
{
    /// <summary>Records that begin before a place and may cover it: sub-streams interleave, so that the last one need not be it.</summary>
    private const int Candidates = 20;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly StoreClient _store = new(access.Client, access.Addresses, Timeout);

    /// <summary>Null when the store does not have it. Throws <see cref="IOException"/> when the store cannot be asked.</summary>
    public Task<(string Index, string Id)?> FindAsync(ContextTarget target, PipelineOptions options, PositionLedger? ledger, CancellationToken stop) =>
        target.RecordId is { } id ? FindIdAsync(id, stop) : FindPlaceAsync(target, ledger is null ? null : FileAt(target, options, ledger), stop);

    // The file that has the name now; else, of those that had it, the newest that is large enough.
    private static FileCheckpoint? FileAt(ContextTarget target, PipelineOptions options, PositionLedger ledger)
    {
        string path = Resolve(target.File!);
        DiskFile? present = File.Exists(path) ? DiskListing.Take(options, ledger).Files.FirstOrDefault(file => file.Path == path || file.Path == target.File) : null;
        if (present?.File is { } id) return ledger.Find(id);
        return ledger.Files.Where(file => file.Path == path || file.StreamKey == path)
            .OrderByDescending(file => file.Path == path).ThenByDescending(file => file.SizeBytes > target.OffsetBytes).ThenByDescending(file => file.Ordinal).FirstOrDefault();
    }

    /// <summary>What a path leads to; itself where that is gone.</summary>
    public static string Resolve(string path) => File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;

    private async Task<(string Index, string Id)?> FindIdAsync(string id, CancellationToken stop)
    {
        using StoreAnswer answer = await AskAsync(
            json =>
            {
                json.WriteStartObject("query");
                json.WriteStartObject("ids");
                json.WriteStartArray("values");
                json.WriteStringValue(id);
                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndObject();
            },
            stop);
        foreach (JsonElement hit in Hits(answer)) return AddressOf(hit);
        return null;
    }

    private async Task<(string Index, string Id)?> FindPlaceAsync(ContextTarget target, FileCheckpoint? file, CancellationToken stop)
    {
        using StoreAnswer answer = await AskAsync(json => WritePlace(json, target, file), stop);
        JsonElement? nearest = null;
        foreach (JsonElement hit in Hits(answer))
        {
            nearest ??= hit;
            JsonElement source = hit.GetProperty("_source");
            if (Number(source, LogFields.Offset) + Number(source, LogFields.Length) > target.OffsetBytes) return AddressOf(hit);
        }
        // A record among those of another sub-stream ends later than its length says: the nearest is it, or stands beside it.
        return nearest is { } last && file is not null && target.OffsetBytes < file.ResumeOffsetBytes ? AddressOf(last) : null;
    }

    private static void WritePlace(Utf8JsonWriter json, ContextTarget target, FileCheckpoint? file)
    {
        json.WriteStartObject("query");
        json.WriteStartObject("bool");
        json.WriteStartArray("filter");
        json.WriteStartObject();
        json.WriteStartObject("term");
        if (file is not null) json.WriteString(LogFields.FileId, file.Id.ToString());
        else json.WriteString(LogFields.FilePath, target.File);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteStartObject("range");
        json.WriteStartObject(LogFields.Offset);
        json.WriteNumber("lte", target.OffsetBytes);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        SearchBody.WriteSortBySequence(json, SearchOrder.NewestFirst);
    }

    private async Task<StoreAnswer> AskAsync(Action<Utf8JsonWriter> write, CancellationToken stop)
    {
        ReadOnlyMemory<byte> body = SearchBody.Create(Timeout, Candidates, json =>
        {
            json.WriteBoolean("track_total_hits", false);
            json.WriteStartArray("_source");
            json.WriteStringValue(LogFields.Offset);
            json.WriteStringValue(LogFields.Length);
            json.WriteEndArray();
            write(json);
        });
        SearchOutcome<StoreAnswer> outcome = await _store.SendAsync(HttpMethod.Post, indices + "/_search?ignore_unavailable=true", body, stop);
        return outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure) ? answer : throw new IOException(failure.Message);
    }

    private static JsonElement.ArrayEnumerator Hits(StoreAnswer answer) => answer.Document is { } document ? document.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray() : default;

    private static (string Index, string Id) AddressOf(JsonElement hit) => (hit.GetProperty("_index").GetString() ?? "", hit.GetProperty("_id").GetString() ?? "");

    private static long Number(JsonElement source, string path) => long.TryParse(DocumentSource.Text(source, path), out long number) ? number : 0;
}
