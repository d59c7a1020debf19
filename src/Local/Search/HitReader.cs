using System.Text.Json;
using LogPipeline.Local.Search.Queries;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Search;

/// <summary>Reads records from the hits of a search answer.</summary>
internal static class HitReader
{
    /// <summary>UTF-16 units of a text that a list carries; the whole text comes with the document.</summary>
    public const int ListBodyLength = 16 * 1024;

    /// <summary>The hits of an answer, in its order.</summary>
    public static List<LogRecord> ReadAll(JsonElement answer)
    {
        var records = new List<LogRecord>();
        if (answer.TryGetProperty("hits", out JsonElement hits) && hits.TryGetProperty("hits", out JsonElement list))
        {
            foreach (JsonElement hit in list.EnumerateArray())
            {
                records.Add(Read(hit, ListBodyLength));
            }
        }

        return records;
    }

    /// <summary>One hit, or the answer to a request for one document. The cursor is the text of its sort values: 19-digit numbers stay as they are.</summary>
    public static LogRecord Read(JsonElement hit, int bodyLimit)
    {
        JsonElement source = hit.TryGetProperty("_source", out JsonElement stored) ? stored : default;
        string? timestamp = DocumentSource.Text(source, LogFields.Timestamp);
        string body = DocumentSource.Text(source, LogFields.Body) ?? "";
        return new LogRecord
        {
            Index = hit.GetProperty("_index").GetString() ?? "",
            Id = hit.GetProperty("_id").GetString() ?? "",
            Cursor = hit.TryGetProperty("sort", out JsonElement sort) ? sort.GetRawText() : "",
            Timestamp = timestamp,
            TimestampNanos = timestamp is not null && NanoTime.TryParse(timestamp, out long nanos) ? nanos : 0,
            Level = DocumentSource.Text(source, LogFields.SeverityText),
            Tenant = DocumentSource.Text(source, LogFields.Tenant),
            Host = DocumentSource.Text(source, LogFields.Host),
            Namespace = DocumentSource.Text(source, LogFields.Namespace),
            Pod = DocumentSource.Text(source, LogFields.Pod),
            Container = DocumentSource.Text(source, LogFields.Container),
            Stream = DocumentSource.Text(source, LogFields.Stream),
            FilePath = DocumentSource.Text(source, LogFields.FilePath),
            FileId = DocumentSource.Text(source, LogFields.FileId),
            Sequence = DocumentSource.Text(source, LogFields.Sequence),
            RestartCount = DocumentSource.Text(source, LogFields.RestartCount),
            Body = Cut(body, bodyLimit),
            BodyLength = body.Length,
            Flags = DocumentSource.Texts(source, LogFields.Flags),
        };
    }

    private static string Cut(string body, int limit)
    {
        if (body.Length <= limit)
        {
            return body;
        }

        return body[..(char.IsHighSurrogate(body[limit - 1]) ? limit - 1 : limit)];
    }
}
