using System.Text.Json;
using LogPipeline.Configuration.Yaml;

namespace LogPipeline.Configuration.Settings;

/// <summary>A key with a section of its own.</summary>
internal sealed class SectionSetting<TSection, TChild>(string name, Section<TChild> child, Func<TSection, TChild> get)
    : Setting<TSection>(name, "")
    where TChild : class, new()
{
    public override void Read(YamlNode node, TSection section, ReadingContext context) => child.Read(node, get(section), context);

    public override IEnumerable<SettingDescription> Describe(string path, TSection defaults) => child.Describe(path, get(defaults));

    public override void WriteSchema(Utf8JsonWriter writer, TSection defaults) => child.WriteSchema(writer, get(defaults));
}
