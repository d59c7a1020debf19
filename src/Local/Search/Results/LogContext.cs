namespace LogPipeline.Local.Search.Results;

/// <summary>
/// The neighbours of a record in its own sub-stream, in written order, across rotated files and restarts.
/// </summary>
public sealed record LogContext
{
    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<LogRecord> Before { get; init; }

    public required LogRecord Record { get; init; }

    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<LogRecord> After { get; init; }

    /// <summary>The store has still older ones; ask again with the cursor of the first.</summary>
    public required bool MoreBefore { get; init; }

    /// <summary>The store has still newer ones; ask again with the cursor of the last.</summary>
    public required bool MoreAfter { get; init; }

    /// <summary>Not <c>null</c>: the store had no time to look everywhere; this says where it looked.</summary>
    public string? Incomplete { get; init; }
}
