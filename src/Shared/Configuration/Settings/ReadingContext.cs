using LogPipeline.Configuration.Yaml;

namespace LogPipeline.Configuration.Settings;

/// <summary>Where the value being read comes from, and what was found so far.</summary>
internal sealed class ReadingContext
{
    private readonly Dictionary<string, (string Origin, int Line)> _places = [];
    private readonly HashSet<string> _failed = [];
    private readonly List<string> _path = [];

    /// <summary>The file's name, or a flag.</summary>
    public required string Origin { get; set; }

    /// <summary>Looks environment variables up; null where values are taken as they are (flags: the shell has done it).</summary>
    public required Func<string, string?>? Environment { get; set; }

    /// <summary>A flag gave the value: faults name the flag, not a key.</summary>
    public bool IsFlag { get; set; }

    public List<ConfigurationFault> Faults { get; } = [];

    private string Path => string.Concat(_path).TrimStart('.');

    /// <summary>Goes into a key (<c>.name</c>) or an item (<c>[0]</c>) and remembers where it was given.</summary>
    public void Enter(string step, int line)
    {
        _path.Add(step);
        _places[Path] = (Origin, line);
    }

    public void Leave() => _path.RemoveAt(_path.Count - 1);

    /// <summary>Adds a fault about the present key, or about a key below it.</summary>
    public void Fail(int line, string message, string step = "")
    {
        string key = (Path + step).TrimStart('.');
        _failed.Add(key);
        Faults.Add(new ConfigurationFault(Origin, line, IsFlag ? "" : key, message));
    }

    /// <summary>None of the keys, nor one below them, has a fault: what they say can be compared.</summary>
    public bool AreSound(params ReadOnlySpan<string> paths)
    {
        foreach (string path in paths)
        {
            if (_failed.Any(failed => Covers(path, failed))) return false;
        }
        return true;
    }

    /// <summary>The key, or one below it, was given.</summary>
    public bool Given(string path) => _places.ContainsKey(path);

    /// <summary>Forgets that a key and those below it were given: a flag takes their place.</summary>
    public void Forget(string path)
    {
        foreach (string given in _places.Keys.Where(key => Covers(path, key)).ToList()) _places.Remove(given);
    }

    /// <summary>A flag gave the key's value.</summary>
    public bool GivenByFlag(string path) => _places.TryGetValue(path, out var place) && place.Line == 0;

    /// <summary>Adds a fault about a key by its path, at the line where it, or the nearest section around it, was given.</summary>
    public void FailAt(string path, string message)
    {
        for (string around = path; around.Length > 0; around = Parent(around))
        {
            if (!_places.TryGetValue(around, out var place)) continue;
            Faults.Add(new ConfigurationFault(place.Origin, place.Line, place.Line == 0 ? "" : path, message));
            return;
        }
        Faults.Add(new ConfigurationFault("configuration", 0, path, message));
    }

    /// <summary>The text of a value, its environment variables put in. False, with the fault added, when it is no single value or a variable is missing.</summary>
    public bool TryText(YamlNode node, string expected, out string text)
    {
        text = "";
        if (node is not YamlScalar scalar || scalar.IsNull)
        {
            Fail(node.Line, $"expected {expected}, found {node.Noun}");
            return false;
        }
        if (Environment is null)
        {
            text = scalar.Text;
            return true;
        }
        if (EnvironmentReferences.TryExpand(scalar.Text, Environment, out string? expanded, out string? problem))
        {
            text = expanded;
            return true;
        }
        Fail(node.Line, problem);
        return false;
    }

    /// <summary>The value is <c>${NAME:-}</c> alone, and the variable is unset or empty: the key counts as not given.</summary>
    public bool LeavesOut(YamlNode node) =>
        Environment is not null && node is YamlScalar { Text: ['$', '{', .., ':', '-', '}'] } scalar
        && EnvironmentReferences.TryExpand(scalar.Text, Environment, out string? text, out _) && text.Length == 0;

    /// <summary>The key is the path or lies below it.</summary>
    private static bool Covers(string path, string key) =>
        key.StartsWith(path, StringComparison.Ordinal) && (key.Length == path.Length || key[path.Length] is '.' or '[');

    private static string Parent(string path) => path[..Math.Max(path.LastIndexOfAny(['.', '[']), 0)];
}
