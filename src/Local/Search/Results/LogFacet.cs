namespace LogPipeline.Local.Search.Results;

/// <summary>The most frequent values of a field. <paramref name="Others"/> counts the records of all further values.</summary>
public sealed record LogFacet(string Field, IReadOnlyList<FacetValue> Values, long Others);
