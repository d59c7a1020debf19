namespace LogPipeline.Local.CommandLine.Summaries;

/// <summary>What one source has at the start.</summary>
/// <param name="Glob">The source's glob.</param>
/// <param name="Format"><c>cri</c>, <c>docker</c>, <c>plain</c>, or <c>auto</c> where its files differ.</param>
/// <param name="Files">Files that belong to it, rotated ones included.</param>
/// <param name="SizeBytes">Their bytes on disk.</param>
public sealed record SourceCount(string Glob, string Format, int Files, long SizeBytes);
