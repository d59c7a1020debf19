using System.Text.Json;
using LogPipeline.Configuration.Values;
using LogPipeline.Configuration.Yaml;

namespace LogPipeline.Configuration.Settings;

/// <summary>
/// The table of a section's keys. Reading, the reference (<see cref="ConfigurationReference"/>) and the JSON schema
/// (<see cref="ConfigurationSchema"/>) all come from it.
/// </summary>
internal sealed class Section<TSection>(string doc, params Setting<TSection>[] settings)
    where TSection : class, new()
{
    public string Doc { get; } = doc;

    public IReadOnlyList<Setting<TSection>> Settings { get; } = settings;

    /// <summary>Reads every key, adding every fault: unknown keys, keys given twice, missing required keys, and what the settings find.</summary>
    public void Read(YamlNode node, TSection section, ReadingContext context)
    {
        if (node is YamlScalar { IsNull: true }) node = new YamlMap([], node.Line); // "tailing:" with every key commented out
        if (node is not YamlMap map)
        {
            context.Fail(node.Line, $"expected keys with values ({Names}), found {node.Noun}");
            return;
        }

        var seen = new Dictionary<string, int>();
        foreach (var entry in map.Entries)
        {
            var setting = Settings.FirstOrDefault(candidate => candidate.Name == entry.Key);
            if (setting is null) context.Fail(entry.Line, Unknown(entry.Key), "." + Quoted.Text(entry.Key));
            else if (!seen.TryAdd(entry.Key, entry.Line)) context.Fail(entry.Line, $"given twice; first on line {seen[entry.Key]}", "." + entry.Key);
            else if (setting.Required || !context.LeavesOut(entry.Value))
            {
                context.Enter("." + entry.Key, entry.Line);
                setting.Read(entry.Value, section, context);
                context.Leave();
            }
        }

        foreach (var missing in Settings.Where(setting => setting.Required && !seen.ContainsKey(setting.Name)))
            context.Fail(node.Line, "is required", "." + missing.Name);
    }

    public IEnumerable<SettingDescription> Describe(string path, TSection defaults) =>
        Settings.SelectMany(setting => setting.Describe(path.Length == 0 ? setting.Name : $"{path}.{setting.Name}", defaults));

    /// <summary>Writes the members of the section's JSON schema object.</summary>
    public void WriteSchema(Utf8JsonWriter writer, TSection defaults)
    {
        writer.WriteString("description", Doc);
        writer.WriteStartArray("type");
        writer.WriteStringValue("object");
        writer.WriteStringValue("null");
        writer.WriteEndArray();
        writer.WriteBoolean("additionalProperties", false);
        var required = Settings.Where(setting => setting.Required).ToList();
        if (required.Count > 0)
        {
            writer.WriteStartArray("required");
            foreach (var setting in required) writer.WriteStringValue(setting.Name);
            writer.WriteEndArray();
        }
        writer.WriteStartObject("properties");
        foreach (var setting in Settings)
        {
            writer.WriteStartObject(setting.Name);
            if (setting.Doc.Length > 0) writer.WriteString("description", setting.Doc);
            setting.WriteSchema(writer, defaults);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private string Names => string.Join(", ", Settings.Select(setting => setting.Name));

    private string Unknown(string key)
    {
        string? nearest = NearestName.Find(key, Settings.Select(setting => setting.Name));
        return nearest is null ? $"unknown key; known are {Names}" : $"unknown key; did you mean {nearest}?";
    }
}
