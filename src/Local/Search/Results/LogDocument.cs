namespace LogPipeline.Local.Search.Results;

/// <summary>A stored record with its whole text and all its fields, in the order of the stored document. An array gives one field a value.</summary>
public sealed record LogDocument(LogRecord Record, IReadOnlyList<DocumentField> Fields);
