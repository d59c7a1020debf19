namespace LogPipeline.Local.Search.Queries;

/// <summary>Why a query cannot be understood, in words for the person who typed it. <paramref name="Position"/> counts UTF-16 units from 0.</summary>
public sealed record QuerySyntaxError(string Message, int Position);
