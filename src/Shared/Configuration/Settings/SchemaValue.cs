using System.Text.Json;
using LogPipeline.Configuration.Values;

namespace LogPipeline.Configuration.Settings;

/// <summary>The schema of a single value: what its kind allows, or a text with an environment variable in it.</summary>
internal static class SchemaValue
{
    public static void Write<T>(Utf8JsonWriter writer, ValueKind<T> kind)
    {
        if (kind is TextKind)
        {
            kind.WriteSchema(writer);
            return;
        }
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        kind.WriteSchema(writer);
        writer.WriteEndObject();
        writer.WriteStartObject();
        writer.WriteString("$ref", "#/$defs/environment");
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
