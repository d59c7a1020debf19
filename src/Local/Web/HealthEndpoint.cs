using System.Text.Json;
using LogPipeline.Local.Web.Status;

namespace LogPipeline.Local.Web;

/// <summary>The pipeline's state for the health view.</summary>
internal static class HealthEndpoint
{
    // A machine may have ten thousand files; those with the most backlog are what one looks for.
    private const int MaxFiles = 500;

    public static Task WriteAsync(HttpContext context, PipelineStatus status, DateTimeOffset now) => Answers.WriteAsync(context, json =>
    {
        json.WriteString("version", status.Version);
        json.WriteString("startedAt", status.StartedAt);
        json.WriteNumber("uptimeSeconds", (long)(now - status.StartedAt).TotalSeconds);
        json.WriteString("storeUrl", status.StoreUrl);
        json.WriteString("listenAddress", status.ListenAddress);
        json.WriteNumber("recordsPerSecond", Finite(status.RecordsPerSecond));
        json.WriteNumber("bytesPerSecond", Finite(status.BytesPerSecond));
        json.WriteNumber("storedRecords", status.StoredRecords);
        json.WriteNumber("durableBytes", status.DurableBytes);
        json.WriteNumber("deadLetters", status.DeadLetters);
        json.WriteNumber("retries", status.Retries);
        json.WriteNumber("lostBytes", status.LostBytes);
        json.WriteNumber("gaps", status.Gaps);
        json.WriteNumber("formatErrors", status.FormatErrors);
        json.WriteNumber("invalidUtf8", status.InvalidUtf8);
        json.WriteNumber("backlogBytes", status.BacklogBytes);
        json.WriteNumber("bulkConcurrency", status.BulkConcurrency);
        if (status.SecondsSinceCheckpoint is { } seconds)
        {
            json.WriteNumber("secondsSinceCheckpoint", Finite(seconds));
        }

        if (status.StoreTrouble is { } trouble) json.WriteString("storeTrouble", trouble);
        WriteObjects(json, "dropped", status.Dropped, dropped =>
        {
            json.WriteString("reason", dropped.Reason);
            json.WriteNumber("bytes", dropped.Bytes);
        });
        WriteObjects(json, "heldTenants", status.HeldTenants, held =>
        {
            json.WriteString("tenant", held.Tenant);
            json.WriteString("reason", held.Reason);
        });
        WriteObjects(json, "throttledTenants", status.ThrottledTenants, tenant => json.WriteString("tenant", tenant));
        WriteObjects(json, "unreadableFiles", status.UnreadableFiles, file =>
        {
            json.WriteString("path", file.Path);
            json.WriteString("hint", file.Hint);
        });
        json.WriteNumber("fileCount", status.Files.Count);
        IEnumerable<FileStatus> files = status.Files.OrderByDescending(file => file.BacklogBytes).ThenBy(file => file.Path, StringComparer.Ordinal).Take(MaxFiles);
        WriteObjects(json, "files", files, file =>
        {
            json.WriteString("path", file.Path);
            json.WriteString("tenant", file.Tenant);
            json.WriteNumber("size", file.SizeBytes);
            json.WriteNumber("durable", file.DurableOffset);
            json.WriteNumber("read", file.ReadOffset);
            json.WriteNumber("backlog", file.BacklogBytes);
            json.WriteString("state", file.State);
        });
    });

    private static double Finite(double value) => double.IsFinite(value) ? value : 0;

    private static void WriteObjects<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
