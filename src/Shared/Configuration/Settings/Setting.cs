using System.Text.Json;
using LogPipeline.Configuration.Yaml;

namespace LogPipeline.Configuration.Settings;

/// <summary>One key of a section: its name, what it takes, its default, where its value goes, and what it means.</summary>
internal abstract class Setting<TSection>(string name, string doc)
{
    /// <summary>The key, snake_case.</summary>
    public string Name { get; } = name;

    /// <summary>What it means: sentences for the reference and for editors.</summary>
    public string Doc { get; } = doc;

    /// <summary>The section means nothing without it.</summary>
    public bool Required { get; init; }

    /// <summary>Reads the key's value into the section; what is wrong with it is added to the context's faults, and the section keeps its default.</summary>
    public abstract void Read(YamlNode node, TSection section, ReadingContext context);

    /// <summary>The reference's rows of this key and of those below it.</summary>
    public abstract IEnumerable<SettingDescription> Describe(string path, TSection defaults);

    /// <summary>Writes the members of this key's JSON schema object, except its description.</summary>
    public abstract void WriteSchema(Utf8JsonWriter writer, TSection defaults);
}
