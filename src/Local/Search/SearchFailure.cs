namespace LogPipeline.Local.Search;

/// <summary>Why a search has no answer. <paramref name="Message"/> is for the person who asked; <paramref name="Position"/> is the place in the query's text, where there is one.</summary>
public sealed record SearchFailure(SearchFailureKind Kind, string Message, int? Position = null);
