namespace LogPipeline.Tests.Writing;

/// <summary>One line as its program wrote it.</summary>
/// <param name="Timestamp">The runtime's stamp of its first piece, with nine fraction digits; null where lines have none.</param>
internal sealed record WrittenLine(string Text, string? Timestamp);
