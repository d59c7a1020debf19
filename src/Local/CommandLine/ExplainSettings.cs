using LogPipeline.Configuration;

namespace LogPipeline.Local.CommandLine;

/// <summary>What <c>explain</c> was told.</summary>
/// <param name="Options">Valid, directories absolute.</param>
/// <param name="Target">The line.</param>
public sealed record ExplainSettings(PipelineOptions Options, ContextTarget Target);
