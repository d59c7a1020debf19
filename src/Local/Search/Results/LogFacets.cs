namespace LogPipeline.Local.Search.Results;

/// <summary>
/// What can be narrowed to. The values of a field are counted as if the filter on that field were not there, so that another value of
/// it can be chosen.
/// </summary>
public sealed record LogFacets(LogFacet Tenants, LogFacet Namespaces, LogFacet Pods, LogFacet Containers, LogFacet Levels);
