using LogPipeline.Sources;

namespace LogPipeline.Node.Tailing;

/// <summary>A stream was discovered, or its files have changed. To the node's actor and on to the stream's; may be repeated.</summary>
public sealed record SyncStream(DiscoveredStream Stream);
