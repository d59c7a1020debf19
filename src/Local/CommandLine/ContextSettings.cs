using LogPipeline.Configuration;

namespace LogPipeline.Local.CommandLine;

/// <summary>What <c>context</c> was told.</summary>
/// <param name="Options">Valid, directories absolute.</param>
/// <param name="Target">The record in the middle.</param>
/// <param name="Before">Records before it; 0 to 10,000.</param>
/// <param name="After">Records after it; 0 to 10,000.</param>
public sealed record ContextSettings(PipelineOptions Options, ContextTarget Target, int Before, int After);
