using System.Text.Json;
using LogPipeline.Configuration.Yaml;

namespace LogPipeline.Configuration.Settings;

/// <summary>A key with a list of sections. A list given later (by flags) replaces the one before.</summary>
internal sealed class SectionListSetting<TSection, TChild>(string name, Section<TChild> child, Func<TSection, List<TChild>> list, string doc)
    : Setting<TSection>(name, doc)
    where TChild : class, new()
{
    public override void Read(YamlNode node, TSection section, ReadingContext context)
    {
        if (node is YamlScalar { IsNull: true }) node = new YamlList([], node.Line);
        if (node is not YamlList given)
        {
            context.Fail(node.Line, $"expected a list (each item begins with \"- \"), found {node.Noun}");
            return;
        }

        list(section).Clear();
        for (int i = 0; i < given.Items.Count; i++)
        {
            context.Enter($"[{i}]", given.Items[i].Line);
            var item = new TChild();
            child.Read(given.Items[i], item, context);
            list(section).Add(item);
            context.Leave();
        }
    }

    public override IEnumerable<SettingDescription> Describe(string path, TSection defaults) => child.Describe(path + "[]", new TChild());

    public override void WriteSchema(Utf8JsonWriter writer, TSection defaults)
    {
        writer.WriteStartArray("type");
        writer.WriteStringValue("array");
        writer.WriteStringValue("null");
        writer.WriteEndArray();
        writer.WriteStartObject("items");
        child.WriteSchema(writer, new TChild());
        writer.WriteEndObject();
    }
}
