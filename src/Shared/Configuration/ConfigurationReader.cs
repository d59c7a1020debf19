using LogPipeline.Configuration.Settings;
using LogPipeline.Configuration.Yaml;

namespace LogPipeline.Configuration;

/// <summary>
/// Reads one YAML file and any number of flags over it into <see cref="PipelineOptions"/>, and reports everything that is wrong with
/// them at once. Nothing is ever clamped or skipped. Pure but for the environment it is given.
/// </summary>
/// <param name="environment">Looks up the variables that values refer to; null for one that is not set.</param>
public sealed class ConfigurationReader(Func<string, string?> environment)
{
    private readonly PipelineOptions _options = new();
    private readonly ReadingContext _context = new() { Origin = "", Environment = null };

    /// <summary>Reads one file alone.</summary>
    public static ConfigurationResult Read(string yaml, string fileName, Func<string, string?> environment)
    {
        var reader = new ConfigurationReader(environment);
        reader.ReadFile(fileName, yaml);
        return reader.Finish();
    }

    /// <summary>Reads a file; at most once, and before the flags.</summary>
    /// <param name="name">How faults call it.</param>
    /// <param name="yaml">Its text.</param>
    public void ReadFile(string name, string yaml)
    {
        (_context.Origin, _context.Environment, _context.IsFlag) = (name, environment, false);
        if (!YamlDocument.TryRead(yaml, out var root, out int line, out string problem)) _context.Faults.Add(new ConfigurationFault(name, line, "", problem));
        else if (root is not null) PipelineSettings.Root.Read(root, _options, _context);
    }

    /// <summary>A flag's value takes the place of the key's.</summary>
    /// <param name="flag">How faults call it: <c>--index</c>.</param>
    /// <param name="section">The key's section: <c>indexing</c>.</param>
    /// <param name="key">The key: <c>index</c>.</param>
    /// <param name="values">One value, or several for a list.</param>
    public void ReadFlag(string flag, string section, string key, params IReadOnlyList<string> values)
    {
        YamlNode value = values is [var only] ? Text(only) : new YamlList([.. values.Select(Text)], 0);
        if (section == "joining" && key == "preset") ForgetPatterns();
        Read(flag, new YamlMap([new YamlEntry(section, 0, new YamlMap([new YamlEntry(key, 0, value)], 0))], 0));
    }

    /// <summary>A static field from a flag; others, and those of the file, stay.</summary>
    public void ReadField(string flag, string name, string value)
    {
        var fields = new YamlMap([new YamlEntry(name, 0, Text(value))], 0);
        Read(flag, new YamlMap([new YamlEntry("enrichment", 0, new YamlMap([new YamlEntry("fields", 0, fields)], 0))], 0));
    }

    /// <summary>Sources from flags take the place of the file's.</summary>
    /// <param name="flag">How faults call it.</param>
    /// <param name="globs">What is read; absolute.</param>
    /// <param name="format">The format of all of them; null for <c>auto</c>.</param>
    public void ReadSources(string flag, IReadOnlyList<string> globs, string? format)
    {
        var sources = globs.Select(YamlNode (glob) => new YamlMap(
            format is null ? [new YamlEntry("path", 0, Text(glob))] : [new YamlEntry("path", 0, Text(glob)), new YamlEntry("format", 0, Text(format))], 0));
        _context.Forget("sources");
        Read(flag, new YamlMap([new YamlEntry("sources", 0, new YamlList([.. sources], 0))], 0));
    }

    /// <summary>A fault that only the caller can see: a file that cannot be read, a flag that makes no sense.</summary>
    public void Fail(string origin, string message) => _context.Faults.Add(new ConfigurationFault(origin, 0, "", message));

    /// <summary>Checks what the keys say together, and gives the result.</summary>
    public ConfigurationResult Finish()
    {
        ConfigurationRules.Check(_options, _context);
        return new ConfigurationResult(_options, [.. _context.Faults.Distinct().OrderBy(fault => fault.Line == 0).ThenBy(fault => fault.Line)]);
    }

    private void Read(string flag, YamlMap root)
    {
        (_context.Origin, _context.Environment, _context.IsFlag) = (flag, null, true);
        PipelineSettings.Root.Read(root, _options, _context);
    }

    private void ForgetPatterns()
    {
        (_options.Joining.Start, _options.Joining.Continue, _options.Joining.End) = (null, null, null);
        foreach (string key in (ReadOnlySpan<string>)["start", "continue", "end"]) _context.Forget($"joining.{key}");
    }

    private static YamlScalar Text(string text) => new(text, Plain: false, Line: 0);
}
