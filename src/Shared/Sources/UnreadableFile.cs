
namespace LogPipeline.Sources;

/// <summary>A file or directory that a source names and that could not be read. <paramref name="Hint"/> says what would help.</summary>
public sealed record UnreadableFile(string Path, string Hint);
