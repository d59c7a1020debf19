namespace LogPipeline.Local.Search.Results;

/// <summary>A value and how many of the matching records have it.</summary>
public sealed record FacetValue(string Value, long Count);
