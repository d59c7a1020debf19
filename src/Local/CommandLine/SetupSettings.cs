using LogPipeline.Configuration;

namespace LogPipeline.Local.CommandLine;

/// <summary>What <c>setup</c> was told.</summary>
/// <param name="Options">Valid, directories absolute.</param>
/// <param name="Dashboards">Address of OpenSearch Dashboards; null to leave it alone.</param>
public sealed record SetupSettings(PipelineOptions Options, Uri? Dashboards);
