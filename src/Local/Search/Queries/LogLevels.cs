using LogPipeline.Parsing;

namespace LogPipeline.Local.Search.Queries;

/// <summary>The names of levels that people type, and the names that documents carry.</summary>
public static class LogLevels
{
    /// <summary>Stands for records without a level.</summary>
    public const string None = "NONE";

    /// <summary>The stored names, lowest first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

    /// <summary><c>false</c>: no level has this name.</summary>
    public static bool TryParse(string name, out Severity level)
    {
        level = name.ToUpperInvariant() switch
        {
            "TRACE" => Severity.Trace,
            "DEBUG" => Severity.Debug,
            "INFO" or "INFORMATION" or "NOTICE" => Severity.Info,
            "WARN" or "WARNING" => Severity.Warn,
            "ERROR" or "ERR" => Severity.Error,
            "FATAL" or "CRITICAL" or "PANIC" => Severity.Fatal,
            _ => Severity.Unspecified,
        };
        return level != Severity.Unspecified;
    }

    /// <summary>The name that documents carry in <see cref="LogFields.SeverityText"/>. <paramref name="level"/> is one of the enumeration's, not unspecified.</summary>
    public static string NameOf(Severity level) => Names[((byte)level - 1) / 4];

    /// <summary>The last number of a level's range; each range has four.</summary>
    public static long LastNumberOf(Severity level) => (long)level + 3;

    /// <summary>What to tell a person who typed an unknown level.</summary>
    public static string Unknown(string name) => $"There is no level \"{name}\". Levels are {string.Join(", ", Names)}, and {None} for lines without one.";
}
