namespace LogPipeline.Local.Search.Results;

/// <summary>A stored record as a list shows it. Absent parts are <c>null</c>.</summary>
public sealed record LogRecord
{
    /// <summary>The index that holds it; with <see cref="Id"/> its address.</summary>
    public required string Index { get; init; }

    public required string Id { get; init; }

    /// <summary>Its place in the order of the list it came from; opaque, for the next page.</summary>
    public required string Cursor { get; init; }

    /// <summary>As stored: RFC 3339 with up to nine fraction digits.</summary>
    public string? Timestamp { get; init; }

    /// <summary><see cref="Timestamp"/> in nanoseconds since the Unix epoch; 0 where it is absent or has another form.</summary>
    public long TimestampNanos { get; init; }

    public string? Level { get; init; }

    public string? Tenant { get; init; }

    public string? Host { get; init; }

    public string? Namespace { get; init; }

    public string? Pod { get; init; }

    public string? Container { get; init; }

    public string? Stream { get; init; }

    public string? FilePath { get; init; }

    /// <summary>Which file it was read from; changes at rotation.</summary>
    public string? FileId { get; init; }

    public string? Sequence { get; init; }

    public string? RestartCount { get; init; }

    /// <summary>The text, at most the list's limit of it.</summary>
    public required string Body { get; init; }

    /// <summary>UTF-16 units of the whole text; more than <see cref="Body"/> has when it was cut for the list.</summary>
    public required int BodyLength { get; init; }

    public IReadOnlyList<string> Flags { get; init; } = [];
}
