namespace LogPipeline.Local.CommandLine;

/// <summary>A file that may not be read.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Hint">The group or right that would help, as one sentence.</param>
public sealed record UnreadableFile(string Path, string Hint);
