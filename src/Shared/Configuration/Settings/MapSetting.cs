using System.Text.Json;
using LogPipeline.Configuration.Values;
using LogPipeline.Configuration.Yaml;

namespace LogPipeline.Configuration.Settings;

/// <summary>A key with names and values of the user's own. What is given is added; a name given before gets the new value.</summary>
internal sealed class MapSetting<TSection>(string name, ValueKind<string> names, ValueKind<string> values, Func<TSection, Dictionary<string, string>> map, string doc)
    : Setting<TSection>(name, doc)
{
    public override void Read(YamlNode node, TSection section, ReadingContext context)
    {
        if (node is YamlScalar { IsNull: true }) return;
        if (node is not YamlMap given)
        {
            context.Fail(node.Line, $"expected names with values, found {node.Noun}");
            return;
        }

        var seen = new Dictionary<string, int>();
        foreach (var entry in given.Entries)
        {
            context.Enter("." + Quoted.Text(entry.Key), entry.Line);
            if (!seen.TryAdd(entry.Key, entry.Line)) context.Fail(entry.Line, $"given twice; first on line {seen[entry.Key]}");
            else if (!names.TryParse(entry.Key, out _, out string? problem)) context.Fail(entry.Line, problem);
            else if (context.TryText(entry.Value, values.Expected, out string text))
            {
                if (values.TryParse(text, out string? value, out problem)) map(section)[entry.Key] = value;
                else context.Fail(entry.Value.Line, problem);
            }
            context.Leave();
        }
    }

    public override IEnumerable<SettingDescription> Describe(string path, TSection defaults)
    {
        yield return new SettingDescription(path, $"names ({names.Expected}) with values ({values.Expected})", "", Doc);
    }

    public override void WriteSchema(Utf8JsonWriter writer, TSection defaults)
    {
        writer.WriteStartArray("type");
        writer.WriteStringValue("object");
        writer.WriteStringValue("null");
        writer.WriteEndArray();
        writer.WriteStartObject("additionalProperties");
        writer.WriteStartArray("type");
        foreach (string type in (ReadOnlySpan<string>)["string", "number", "boolean"]) writer.WriteStringValue(type);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
