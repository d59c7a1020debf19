using System.Text;
using System.Text.Json;

namespace LogPipeline.Tests.Storing;

/// <summary>What the oracle looks at in a stored document.</summary>
/// <param name="SubStream">Whose lines it belongs to: <c>&lt;pod uid&gt;/&lt;container&gt;/&lt;stream&gt;</c>, <c>&lt;container id&gt;/&lt;stream&gt;</c> or the path of a plain file.</param>
/// <param name="FileId"><c>log.file.id</c>.</param>
/// <param name="OffsetBytes">Of its first byte in that file.</param>
/// <param name="LengthBytes">Bytes of the source that it accounts for.</param>
internal sealed record StoredDocument(string Index, string Id, string SubStream, string Sequence, string FileId, long OffsetBytes, long LengthBytes, string Text, string Timestamp, bool Continued, string Tenant)
{
    private const string DeadLetterPrefix = "deadletter-";

    /// <param name="index">The index that it is in; of a dead letter the index that refused it is taken.</param>
    /// <param name="source">The document, or the dead letter that holds it.</param>
    public static StoredDocument Parse(string index, string id, JsonElement source)
    {
        if (index.StartsWith(DeadLetterPrefix, StringComparison.Ordinal))
        {
            using JsonDocument refused = JsonDocument.Parse(source.GetProperty("document").GetBytesFromBase64());
            return Parse(index[DeadLetterPrefix.Length..], id, refused.RootElement);
        }
        JsonElement resource = source.GetProperty("resource"), attributes = source.GetProperty("attributes");
        string? lane = Find(attributes, "log.iostream");
        var subStream = new StringBuilder();
        if (Find(resource, "k8s.pod.uid") is { } uid) subStream.Append(uid).Append('/').Append(Find(resource, "k8s.container.name"));
        else subStream.Append(Find(resource, "container.id") ?? Find(attributes, "log.file.path"));
        if (lane is not null) subStream.Append('/').Append(lane);
        bool continued = attributes.TryGetProperty("log.flags", out JsonElement flags) && flags.EnumerateArray().Any(flag => flag.ValueEquals("continued"));
        return new(index, id, subStream.ToString(), Find(attributes, "log.sequence")!, Find(attributes, "log.file.id")!, attributes.GetProperty("log.offset").GetInt64(), attributes.GetProperty("log.length").GetInt64(),
            source.GetProperty("body").GetString()!, source.GetProperty("@timestamp").GetString()!, continued, source.GetProperty("tenant").GetString()!);
    }

    private static string? Find(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
}
