namespace LogPipeline.Local.Search.Results;

/// <summary>One value of a document. <paramref name="Value"/> is the text of the value: a number keeps the digits it was stored with, <c>null</c> is the word.</summary>
public sealed record DocumentField(string Path, string Value);
