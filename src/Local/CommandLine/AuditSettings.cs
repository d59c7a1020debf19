using LogPipeline.Configuration;

namespace LogPipeline.Local.CommandLine;

/// <summary>What <c>audit</c> was told.</summary>
/// <param name="Options">Valid, directories absolute.</param>
/// <param name="Deep">Compare every id, not only counts and bytes by range.</param>
public sealed record AuditSettings(PipelineOptions Options, bool Deep);
