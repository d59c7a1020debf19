using System.Text.Json;
using LogPipeline.Local.Search;
using LogPipeline.Local.Search.Results;

namespace LogPipeline.Local.Web;

/// <summary>Writes search results for the page. Absent parts are left out.</summary>
internal static class RecordJson
{
    public static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<LogRecord> records)
    {
        json.WriteStartArray(name);
        foreach (LogRecord record in records)
        {
            json.WriteStartObject();
            Write(json, record);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>The parts of a record, into an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, LogRecord record)
    {
        json.WriteString("index", record.Index);
        json.WriteString("id", record.Id);
        WriteIfKnown(json, "time", record.Timestamp);
        WriteIfKnown(json, "level", record.Level);
        WriteIfKnown(json, "tenant", record.Tenant);
        WriteIfKnown(json, "host", record.Host);
        WriteIfKnown(json, "namespace", record.Namespace);
        WriteIfKnown(json, "pod", record.Pod);
        WriteIfKnown(json, "container", record.Container);
        WriteIfKnown(json, "stream", record.Stream);
        WriteIfKnown(json, "file", record.FilePath);
        WriteIfKnown(json, "fileId", record.FileId);
        WriteIfKnown(json, "sequence", record.Sequence);
        WriteIfKnown(json, "restart", record.RestartCount);
        json.WriteString("body", record.Body);
        json.WriteNumber("bodyLength", record.BodyLength);
        if (record.Flags.Count > 0)
        {
            json.WriteStartArray("flags");
            foreach (string flag in record.Flags)
            {
                json.WriteStringValue(flag);
            }

            json.WriteEndArray();
        }
    }

    public static void WriteIfKnown(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
