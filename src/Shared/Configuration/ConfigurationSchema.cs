using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LogPipeline.Configuration.Settings;

namespace LogPipeline.Configuration;

/// <summary>A JSON schema of the file, for editors, from the tables that reading uses. It allows a little more than reading does: what several keys say together is left to <c>pipeline validate</c>.</summary>
public static class ConfigurationSchema
{
    public static string Render()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            writer.WriteString("title", "pipeline.yaml");
            PipelineSettings.Root.WriteSchema(writer, new PipelineOptions());
            writer.WriteStartObject("$defs");
            writer.WriteStartObject("environment");
            writer.WriteString("description", "A value with an environment variable in it.");
            writer.WriteString("type", "string");
            writer.WriteString("pattern", "\\$\\{");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }
}
