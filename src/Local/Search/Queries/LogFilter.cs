using LogPipeline.Parsing;

namespace LogPipeline.Local.Search.Queries;

/// <summary>Which records are asked for. Every part narrows; lists are alternatives; empty parts ask for nothing.</summary>
public sealed record LogFilter
{
    /// <summary>A query as users type it (<see cref="QueryParser"/>).</summary>
    public string Query { get; init; } = "";

    /// <summary>Earliest time, inclusive, in nanoseconds since the Unix epoch.</summary>
    public long? FromNanos { get; init; }

    /// <summary>Latest time, exclusive, in nanoseconds since the Unix epoch.</summary>
    public long? ToNanos { get; init; }

    public IReadOnlyList<string> Tenants { get; init; } = [];

    public IReadOnlyList<string> Namespaces { get; init; } = [];

    public IReadOnlyList<string> Pods { get; init; } = [];

    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>Exactly these levels: names of <see cref="LogLevels.Names"/>, or <see cref="LogLevels.None"/>.</summary>
    public IReadOnlyList<string> Levels { get; init; } = [];

    /// <summary>This level or a higher one; <see cref="Severity.Unspecified"/> for any, records without a level included.</summary>
    public Severity MinimumLevel { get; init; }
}
