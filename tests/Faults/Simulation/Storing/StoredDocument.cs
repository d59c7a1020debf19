using System.Text.Json;
using LogPipeline.Formats;

namespace LogPipeline.Tests.Simulation.Storing;

/// <summary>What the oracle looks at in a stored document, or in a dead letter.</summary>
internal sealed record StoredDocument(
    string Index, string Id, string Stream, SubStream Lane, string Sequence, string FileId, long Offset, long LengthBytes, string Text, string Tenant, bool IsDeadLetter)
{
    /// <summary>A dead letter because another record has its id.</summary>
    public bool IsCollision { get; init; }

    /// <summary><c>@timestamp</c> as it was written; empty where there is none.</summary>
    public string Timestamp { get; init; } = "";

    public static StoredDocument Parse(string index, string id, ReadOnlySpan<byte> source, bool isDeadLetter)
    {
        var reader = new Utf8JsonReader(source);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement root = document.RootElement, attributes = root.GetProperty("attributes");
        SubStream lane = !attributes.TryGetProperty("log.iostream", out JsonElement stream) ? SubStream.None : stream.GetString() == "stdout" ? SubStream.Stdout : SubStream.Stderr;
        return new(index, id, attributes.GetProperty("log.file.path").GetString()!, lane, attributes.GetProperty("log.sequence").GetString()!, attributes.GetProperty("log.file.id").GetString()!,
            attributes.GetProperty("log.offset").GetInt64(), attributes.GetProperty("log.length").GetInt64(), root.GetProperty("body").GetString()!, root.GetProperty("tenant").GetString()!, isDeadLetter) { Timestamp = root.TryGetProperty("@timestamp", out JsonElement time) ? time.GetString()! : "" };
    }
}
