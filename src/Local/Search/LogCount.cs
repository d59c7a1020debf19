namespace LogPipeline.Local.Search;

/// <summary>How many records match.</summary>
public sealed record LogCount(long Value);
