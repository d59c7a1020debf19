using System.Text.Json;
using LogPipeline.Configuration.Values;
using LogPipeline.Configuration.Yaml;

namespace LogPipeline.Configuration.Settings;

/// <summary>A key with one value. <paramref name="get"/> gives null where a default is none at all.</summary>
internal sealed class ScalarSetting<TSection, T>(string name, ValueKind<T> kind, Func<TSection, string?> get, Action<TSection, T> set, string doc)
    : Setting<TSection>(name, doc)
{
    public override void Read(YamlNode node, TSection section, ReadingContext context)
    {
        if (!context.TryText(node, kind.Expected, out string text)) return;
        if (kind.TryParse(text, out T? value, out string? problem)) set(section, value);
        else context.Fail(node.Line, problem);
    }

    public override IEnumerable<SettingDescription> Describe(string path, TSection defaults)
    {
        yield return new SettingDescription(path, kind.Expected, Required ? "required" : get(defaults) ?? "", Doc);
    }

    public override void WriteSchema(Utf8JsonWriter writer, TSection defaults)
    {
        if (!Required && get(defaults) is { } value) writer.WriteString("default", value);
        SchemaValue.Write(writer, kind);
    }
}
