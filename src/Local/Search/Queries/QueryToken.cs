namespace LogPipeline.Local.Search.Queries;

/// <summary>A token of a query. <paramref name="Value"/> has its escapes resolved, except where it is a pattern: there <c>\*</c>, <c>\?</c> and <c>\\</c> stay.</summary>
public readonly record struct QueryToken(QueryTokenKind Kind, int Position, string Name = "", string Comparison = "", string Value = "", bool Quoted = false, bool Pattern = false);
