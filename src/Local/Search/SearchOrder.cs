namespace LogPipeline.Local.Search;

/// <summary>Which end of the time range comes first.</summary>
public enum SearchOrder
{
    NewestFirst,
    OldestFirst,
}
