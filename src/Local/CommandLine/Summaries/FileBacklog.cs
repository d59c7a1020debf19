namespace LogPipeline.Local.CommandLine.Summaries;

/// <summary>Bytes of one file that are not durable in the store.</summary>
public sealed record FileBacklog(string Path, long SizeBytes);
