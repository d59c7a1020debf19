using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Local.Search.Queries;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>The bodies of an audit's questions to the store.</summary>
internal static class InventoryQuestions
{
    /// <summary>Files that one question may list.</summary>
    public const int MaxBatchFiles = 500;

    // OpenSearch takes 65,536 terms, 65,536 buckets and 1,024 clauses a query; a batch stays far below each.
    private const int MaxCountedFiles = 10_000, MaxCountedRanges = 20_000, MaxBatchClauses = 800;

    /// <summary>Files in groups that one question may count.</summary>
    /// <param name="files">All of them.</param>
    /// <param name="inFlight">What lies behind durable positions is asked for, too.</param>
    public static IEnumerable<List<FileCheckpoint>> Batches(IEnumerable<FileCheckpoint> files, bool inFlight)
    {
        var batch = new List<FileCheckpoint>();
        int ranges = 0, clauses = 0;
        foreach (FileCheckpoint file in files)
        {
            int itsRanges = RangeCount.IndexOf(Math.Max(file.SizeBytes, file.HorizonBytes)) + 1, itsClauses = inFlight ? ClausesOf(file) : 0;
            if (batch.Count == MaxCountedFiles || (batch.Count > 0 && (ranges + itsRanges > MaxCountedRanges || clauses + itsClauses > MaxBatchClauses)))
            {
                yield return batch;
                batch = [];
                ranges = clauses = 0;
            }
            batch.Add(file);
            ranges += itsRanges;
            clauses += itsClauses;
        }
        if (batch.Count > 0) yield return batch;
    }

    private static int ClausesOf(FileCheckpoint file) => IsWhole(file) ? 0 : HasOnePosition(file) ? 2 : 3 * FileCheckpoint.Lanes;

    private static bool IsWhole(FileCheckpoint file) => file.Complete && !file.Gap;

    private static bool HasOnePosition(FileCheckpoint file) => Array.TrueForAll(file.LanePositions, lane => lane.OffsetBytes == file.LanePositions[0].OffsetBytes);

    /// <summary>How many records and bytes, by file and range, and, if asked, how many of those are not behind the durable position of their sub-stream.</summary>
    public static void WriteCount(Utf8JsonWriter json, List<FileCheckpoint> files, bool inFlight)
    {
        json.WriteBoolean("track_total_hits", false);
        WriteFiles(json, files);
        json.WriteStartObject("aggs");
        json.WriteStartObject("files");
        json.WriteStartObject("terms");
        json.WriteString("field", LogFields.FileId);
        json.WriteNumber("size", files.Count);
        json.WriteEndObject();
        json.WriteStartObject("aggs");
        json.WriteStartObject("ranges");
        json.WriteStartObject("histogram");
        json.WriteString("field", LogFields.Offset);
        json.WriteNumber("interval", RangeCount.RangeBytes);
        json.WriteNumber("min_doc_count", 1);
        json.WriteEndObject();
        json.WriteStartObject("aggs");
        WriteSum(json);
        if (inFlight && files.Exists(file => !IsWhole(file))) WriteInFlight(json, files);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // In one question with the rest: between two, a running pipeline stores more.
    private static void WriteInFlight(Utf8JsonWriter json, List<FileCheckpoint> files)
    {
        json.WriteStartObject("inflight");
        json.WriteStartObject("filter");
        json.WriteStartObject("bool");
        json.WriteStartArray("should");
        foreach (FileCheckpoint file in files.Where(file => !IsWhole(file)))
        {
            if (HasOnePosition(file)) WriteBehind(json, file, null, file.ResumeOffsetBytes);
            else
                for (int lane = 0; lane < FileCheckpoint.Lanes; lane++) WriteBehind(json, file, (SubStream)lane, file.LanePositions[lane].OffsetBytes);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("aggs");
        WriteSum(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteBehind(Utf8JsonWriter json, FileCheckpoint file, SubStream? lane, long offset)
    {
        json.WriteStartObject();
        json.WriteStartObject("bool");
        json.WriteStartArray("filter");
        WriteClause(json, "term", LogFields.FileId, file.Id.ToString());
        json.WriteStartObject();
        json.WriteStartObject("range");
        json.WriteStartObject(LogFields.Offset);
        json.WriteNumber("gte", offset);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        if (lane is { } named and not SubStream.None) WriteClause(json, "term", LogFields.Stream, NameOf(named));
        json.WriteEndArray();
        if (lane == SubStream.None)
        {
            json.WriteStartArray("must_not");
            WriteClause(json, "exists", "field", LogFields.Stream);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteClause(Utf8JsonWriter json, string kind, string name, string value)
    {
        json.WriteStartObject();
        json.WriteStartObject(kind);
        json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSum(Utf8JsonWriter json)
    {
        json.WriteStartObject("bytes");
        json.WriteStartObject("sum");
        json.WriteString("field", LogFields.Length);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFiles(Utf8JsonWriter json, IEnumerable<FileCheckpoint> files)
    {
        json.WriteStartObject("query");
        json.WriteStartObject("terms");
        json.WriteStartArray(LogFields.FileId);
        foreach (FileCheckpoint file in files) json.WriteStringValue(file.Id.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>
    /// Every record, by time: a store whose data lies in the order of time (the embedded one) reads for each page only what the page is of. By file and offset it would
    /// read everything for each.
    /// </summary>
    /// <param name="json">Inside the question's object.</param>
    /// <param name="files">Whose.</param>
    /// <param name="after">The sort values of the last one of the page before.</param>
    public static void WriteList(Utf8JsonWriter json, FileCheckpoint[] files, string? after)
    {
        json.WriteBoolean("track_total_hits", false);
        WriteFiles(json, files);
        json.WriteStartArray("_source");
        foreach (string field in (string[])[LogFields.FileId, LogFields.Offset, LogFields.Length, LogFields.Stream]) json.WriteStringValue(field);
        json.WriteEndArray();
        json.WriteStartArray("sort");
        WriteSort(json, LogFields.Timestamp, "date_nanos", "date_nanos");
        WriteSort(json, LogFields.FileId, "keyword");
        WriteSort(json, LogFields.Offset, "long");
        json.WriteEndArray();
        if (after is null) return;
        json.WritePropertyName("search_after");
        json.WriteRawValue(after);
    }

    private static void WriteSort(Utf8JsonWriter json, string field, string unmappedType, string? numericType = null)
    {
        json.WriteStartObject();
        json.WriteStartObject(field);
        json.WriteString("order", "asc");
        json.WriteString("unmapped_type", unmappedType);
        if (numericType is not null) json.WriteString("numeric_type", numericType);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string NameOf(SubStream lane) => lane == SubStream.Stdout ? "stdout" : "stderr";
}
