namespace LogPipeline.Local.Search.Results;

/// <summary>What has come since the last look, oldest first. <paramref name="Skipped"/> more came than are shown at once and will not be shown.</summary>
public sealed record TailBatch(IReadOnlyList<LogRecord> Records, long Skipped);
