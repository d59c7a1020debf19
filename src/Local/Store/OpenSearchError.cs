using System.Text.Json;

namespace LogPipeline.Local.Store;

/// <summary>A refusal in OpenSearch's words: its HTTP status, and the body that a client parses.</summary>
/// <param name="Status">HTTP status, of the item or of the whole answer.</param>
/// <param name="Type">OpenSearch's name of the exception, in snake case.</param>
/// <param name="Reason">Its message.</param>
internal sealed record OpenSearchError(int Status, string Type, string Reason)
{
    /// <summary>Members beside type and reason, in order.</summary>
    public IReadOnlyList<(string Name, string Value)> Details { get; init; } = [];

    public OpenSearchError? CausedBy { get; init; }

    /// <summary>The index whose shard failed: the error is told as the failure of all shards of a search.</summary>
    public string? FailedSearchOf { get; init; }

    /// <summary>The search failed when the shards' results were put together, which OpenSearch tells without a root cause.</summary>
    private bool IsFailedReduction => Type == "too_many_buckets_exception";

    /// <summary>Writes <c>{"type":…,"reason":…}</c>.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteMembers(writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes the body of an answer.</summary>
    public void WriteBody(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteStartArray("root_cause");
        if (!IsFailedReduction) (this with { CausedBy = null }).Write(writer);
        writer.WriteEndArray();
        if (FailedSearchOf is null && !IsFailedReduction) WriteMembers(writer);
        else WriteFailedSearch(writer);
        writer.WriteEndObject();
        writer.WriteNumber("status", Status);
        writer.WriteEndObject();
    }

    private void WriteFailedSearch(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "search_phase_execution_exception");
        writer.WriteString("reason", IsFailedReduction ? "" : "all shards failed");
        writer.WriteString("phase", IsFailedReduction ? "fetch" : "query");
        writer.WriteBoolean("grouped", true);
        writer.WriteStartArray("failed_shards");
        if (!IsFailedReduction)
        {
            writer.WriteStartObject();
            writer.WriteNumber("shard", 0);
            writer.WriteString("index", FailedSearchOf);
            writer.WritePropertyName("reason");
            Write(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WritePropertyName("caused_by");
        Write(writer);
    }

    private void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("type", Type);
        writer.WriteString("reason", Reason);
        foreach ((string name, string value) in Details) writer.WriteString(name, value);
        if (CausedBy is null) return;
        writer.WritePropertyName("caused_by");
        CausedBy.Write(writer);
    }

    public static OpenSearchError IllegalArgument(string reason, int status = 400) => new(status, "illegal_argument_exception", reason);

    public static OpenSearchError Validation(string problem) => new(400, "action_request_validation_exception", $"Validation Failed: 1: {problem};");

    public static OpenSearchError IndexNotFound(string index, string resourceType = "index_or_alias") => new(404, "index_not_found_exception", $"no such index [{index}]")
    {
        Details = [("index", index), ("resource.id", index), ("resource.type", resourceType), ("index_uuid", "_na_")],
    };

    public static OpenSearchError VersionConflict(string id, int version, string index, string uuid) =>
        new(409, "version_conflict_engine_exception", $"[{id}]: version conflict, document already exists (current version [{version}])")
        {
            Details = [("index", index), ("shard", "0"), ("index_uuid", uuid)],
        };

    /// <summary>The answer of a node whose disk is past the flood stage: the sender tries again later.</summary>
    public static OpenSearchError DiskFull(string index) => new(
        429, "cluster_block_exception",
        $"index [{index}] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];");

    public static OpenSearchError Unavailable(string index) => new(503, "unavailable_shards_exception", $"[{index}][0] the document could not be written; it is not stored");
}
