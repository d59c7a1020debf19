using System.Text.Json;
using LogPipeline.Configuration.Values;
using LogPipeline.Configuration.Yaml;

namespace LogPipeline.Configuration.Settings;

/// <summary>A key with a list of values; a single value stands for a list of one. Given values replace the default's.</summary>
internal sealed class ListSetting<TSection>(string name, ValueKind<string> kind, Func<TSection, List<string>> list, string doc)
    : Setting<TSection>(name, doc)
{
    public override void Read(YamlNode node, TSection section, ReadingContext context)
    {
        if (node is not YamlList given)
        {
            if (TryRead(node, context, out string only)) Replace(section, [only]);
            return;
        }

        var values = new List<string>();
        for (int i = 0; i < given.Items.Count; i++)
        {
            context.Enter($"[{i}]", given.Items[i].Line);
            if (TryRead(given.Items[i], context, out string value)) values.Add(value);
            context.Leave();
        }
        Replace(section, values);
    }

    public override IEnumerable<SettingDescription> Describe(string path, TSection defaults)
    {
        yield return new SettingDescription(path, "a list: " + kind.Expected, string.Join(", ", list(defaults)), Doc);
    }

    public override void WriteSchema(Utf8JsonWriter writer, TSection defaults)
    {
        writer.WriteStartArray("anyOf");
        writer.WriteStartObject();
        writer.WriteString("type", "array");
        writer.WriteStartObject("items");
        SchemaValue.Write(writer, kind);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject();
        SchemaValue.Write(writer, kind);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private bool TryRead(YamlNode node, ReadingContext context, out string value)
    {
        value = "";
        if (!context.TryText(node, kind.Expected, out string text)) return false;
        if (kind.TryParse(text, out string? read, out string? problem))
        {
            value = read;
            return true;
        }
        context.Fail(node.Line, problem);
        return false;
    }

    private void Replace(TSection section, List<string> values)
    {
        list(section).Clear();
        list(section).AddRange(values);
    }
}
