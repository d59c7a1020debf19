using LogPipeline.Configuration;

namespace LogPipeline.Local.CommandLine;

/// <summary>What <c>run</c> was told.</summary>
/// <param name="Options">
/// Valid. <see cref="LedgerOptions.StateDirectory"/> and <see cref="EmbeddedStoreOptions.Path"/> are absolute; with
/// <paramref name="Demo"/> they are empty unless they were given: then they belong inside the demo's folder.
/// </param>
/// <param name="UntilIdle">Stop once all that was found is stored and nothing new came for so long; null to run on.</param>
/// <param name="Demo">Write demo logs and read those; <see cref="PipelineOptions.Sources"/> is empty.</param>
public sealed record RunSettings(PipelineOptions Options, TimeSpan? UntilIdle, bool Demo);
