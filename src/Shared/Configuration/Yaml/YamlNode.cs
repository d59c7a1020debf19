namespace LogPipeline.Configuration.Yaml;

/// <summary>A value of a YAML document with the line on which it begins. Aliases are resolved: the node they name stands in their place.</summary>
/// <param name="Line">From 1; 0 for values that came from elsewhere.</param>
internal abstract record YamlNode(int Line)
{
    /// <summary>Values in this node, aliases expanded.</summary>
    public abstract long Weight { get; }

    /// <summary>What this is, for who expected something else.</summary>
    public abstract string Noun { get; }
}

/// <param name="Text">The text, quotes removed.</param>
/// <param name="Plain">Written without quotes.</param>
/// <param name="Line">See <see cref="YamlNode"/>.</param>
internal sealed record YamlScalar(string Text, bool Plain, int Line) : YamlNode(Line)
{
    public override long Weight => 1;

    public override string Noun => IsNull ? "nothing" : "a single value";

    /// <summary>Nothing was written, or YAML's words for it.</summary>
    public bool IsNull => Plain && Text is "" or "~" or "null";
}

internal sealed record YamlList(IReadOnlyList<YamlNode> Items, int Line) : YamlNode(Line)
{
    public override long Weight { get; } = 1 + Items.Sum(item => item.Weight);

    public override string Noun => "a list";
}

internal sealed record YamlMap(IReadOnlyList<YamlEntry> Entries, int Line) : YamlNode(Line)
{
    public override long Weight { get; } = 1 + Entries.Sum(entry => entry.Value.Weight);

    public override string Noun => "keys with values";
}

/// <summary>A key and its value, in the order of the file; a key may come twice.</summary>
internal readonly record struct YamlEntry(string Key, int Line, YamlNode Value);
