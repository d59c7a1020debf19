namespace LogPipeline.Local.Search.Results;

/// <summary>How many records match.</summary>
public sealed record LogCount(long Value);
