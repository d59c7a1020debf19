using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Local.Running.Auditing;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Running.Explaining;

/// <summary>Asks the store for the records of a file that begin at or before an offset. Throws <see cref="IOException"/> when it does not answer.</summary>
internal sealed class RecordFinder(StoreAccess access, string indices)
{
    /// <summary>Records that begin before a place and may cover it: sub-streams interleave, so that the last one need not be it.</summary>
    private const int Candidates = 20;

    private const int ShownCharacters = 400;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly StoreClient _store = new(access.Client, access.Addresses, Timeout);

    /// <summary>Records, the nearest first.</summary>
    /// <param name="field"><see cref="LogFields.FileId"/> or <see cref="LogFields.FilePath"/>.</param>
    /// <param name="file">Its value.</param>
    /// <param name="offset">The place.</param>
    /// <param name="lane">Only of this sub-stream; null for all.</param>
    /// <param name="stop">Cancels.</param>
    public Task<List<FoundRecord>> RecordsAsync(string field, string file, long offset, SubStream? lane, CancellationToken stop) =>
        FindAsync(indices, json => WriteFilter(json, field, file, offset, lane), ReadRecord, stop);

    /// <summary>Dead letters, the nearest first; they do not say of which sub-stream they are.</summary>
    public Task<List<FoundRecord>> DeadLettersAsync(string field, string file, long offset, CancellationToken stop) =>
        FindAsync(IndexSelection.DeadLetters, json => WriteFilter(json, field, file, offset, null), ReadDeadLetter, stop);

    /// <summary>Whatever has an id, dead letters included.</summary>
    public async Task<(FoundRecord? Record, FoundRecord? DeadLetter)> WithIdAsync(string id, CancellationToken stop)
    {
        void Write(Utf8JsonWriter json)
        {
            json.WriteStartObject("ids");
            json.WriteStartArray("values");
            json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        List<FoundRecord> records = await FindAsync(indices, Write, ReadRecord, stop), letters = await FindAsync(IndexSelection.DeadLetters, Write, ReadDeadLetter, stop);
        return (records.FirstOrDefault(), letters.FirstOrDefault());
    }

    private async Task<List<FoundRecord>> FindAsync(string where, Action<Utf8JsonWriter> writeQuery, Func<JsonElement, FoundRecord> read, CancellationToken stop)
    {
        ReadOnlyMemory<byte> body = SearchBody.Create(Timeout, Candidates, json =>
        {
            json.WriteBoolean("track_total_hits", false);
            json.WriteStartObject("query");
            writeQuery(json);
            json.WriteEndObject();
            json.WriteStartArray("sort");
            json.WriteStartObject();
            json.WriteStartObject(LogFields.Offset);
            json.WriteString("order", "desc");
            json.WriteString("unmapped_type", "long");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        });
        SearchOutcome<StoreAnswer> outcome = await _store.SendAsync(HttpMethod.Post, where + "/_search?ignore_unavailable=true", body, stop);
        if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure)) throw new IOException(failure.Message);
        using (answer) return answer.Document is null ? [] : [.. answer.Document.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(read)];
    }

    private static void WriteFilter(Utf8JsonWriter json, string field, string file, long offset, SubStream? lane)
    {
        json.WriteStartObject("bool");
        json.WriteStartArray("filter");
        WriteTerm(json, field, file);
        json.WriteStartObject();
        json.WriteStartObject("range");
        json.WriteStartObject(LogFields.Offset);
        json.WriteNumber("lte", offset);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        if (lane is SubStream.Stdout or SubStream.Stderr) WriteTerm(json, LogFields.Stream, lane == SubStream.Stdout ? "stdout" : "stderr");
        json.WriteEndArray();
        if (lane == SubStream.None)
        {
            json.WriteStartArray("must_not");
            json.WriteStartObject();
            json.WriteStartObject("exists");
            json.WriteString("field", LogFields.Stream);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteTerm(Utf8JsonWriter json, string field, string value)
    {
        json.WriteStartObject();
        json.WriteStartObject("term");
        json.WriteString(field, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static FoundRecord ReadRecord(JsonElement hit)
    {
        string text = DocumentSource.Text(hit.GetProperty("_source"), LogFields.Body) ?? "";
        return Read(hit, text.Length > ShownCharacters ? text[..ShownCharacters] + " …" : text);
    }

    private static FoundRecord ReadDeadLetter(JsonElement hit)
    {
        JsonElement source = hit.GetProperty("_source");
        return Read(hit, $"{DocumentSource.Text(source, "reason.type")}: {DocumentSource.Text(source, "reason.reason")} (HTTP {DocumentSource.Text(source, "reason.status")}, for index {DocumentSource.Text(source, "index")})");
    }

    private static FoundRecord Read(JsonElement hit, string text)
    {
        JsonElement source = hit.GetProperty("_source");
        return new FoundRecord(hit.GetProperty("_index").GetString() ?? "", hit.GetProperty("_id").GetString() ?? "", Number(source, LogFields.Offset), Number(source, LogFields.Length),
            DocumentSource.Text(source, LogFields.Timestamp) ?? "", text);
    }

    private static long Number(JsonElement source, string path) => long.TryParse(DocumentSource.Text(source, path), out long number) ? number : 0;
}
