using LogPipeline.Configuration;

namespace LogPipeline.Local.CommandLine;

/// <summary>What <c>bench</c> was told.</summary>
/// <param name="Options">Valid. Where to read is empty unless files were given; state and store are the command's own.</param>
/// <param name="SizeBytes">Bytes of logs to generate when no files were given; 1 MiB to 64 GiB.</param>
/// <param name="Files">Files to generate; 1 to 10,000.</param>
public sealed record BenchSettings(PipelineOptions Options, long SizeBytes, int Files);
