namespace LogPipeline.Local.Search.Results;

/// <summary>One page of a search.</summary>
public sealed record LogResults
{
    public required IReadOnlyList<LogRecord> Records { get; init; }

    /// <summary>Ask with it for the page behind this one; <c>null</c>: there is none.</summary>
    public string? Next { get; init; }

    /// <summary>Not <c>null</c>: some of the store did not answer, or not in time; this says which part is missing.</summary>
    public string? Incomplete { get; init; }
}
