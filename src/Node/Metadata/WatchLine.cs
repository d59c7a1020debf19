using System.Text.Json;

namespace LogPipeline.Node.Metadata;

/// <summary>
/// One line of a watch: <c>{"type":"ADDED","object":{…}}</c>. The client's own reader of watches hides bookmarks' versions from whoever follows one kind, and tells an
/// <c>ERROR</c> and an unreadable object alike.
/// </summary>
/// <param name="Type"><c>ADDED</c>, <c>MODIFIED</c>, <c>DELETED</c>, <c>BOOKMARK</c> or <c>ERROR</c>.</param>
/// <param name="ResourceVersion">Of the object; empty for an error.</param>
/// <param name="Code">The status code of an error; 0 for anything else.</param>
/// <param name="Object">The object's text.</param>
public readonly record struct WatchLine(string Type, string ResourceVersion, int Code, string Object)
{
    public const int Gone = 410;

    /// <exception cref="JsonException">It is no such line, as when a connection ends inside it.</exception>
    public static WatchLine Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("object", out JsonElement value) || value.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("type", out JsonElement type) || type.GetString() is not { } name) throw new JsonException("not a watch's event");
        if (name == "ERROR") return new WatchLine(name, "", value.TryGetProperty("code", out JsonElement code) && code.TryGetInt32(out int status) ? status : 0, value.GetRawText());
        string version = value.TryGetProperty("metadata", out JsonElement metadata) && metadata.TryGetProperty("resourceVersion", out JsonElement text) ? text.GetString() ?? "" : "";
        return version.Length > 0 ? new WatchLine(name, version, 0, value.GetRawText()) : throw new JsonException("an event without a resourceVersion");
    }
}
