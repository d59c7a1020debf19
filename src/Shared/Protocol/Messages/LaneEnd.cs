using LogPipeline.Formats;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Messages;

/// <summary>Where the last line of a sub-stream's pending record ends.</summary>
public readonly record struct LaneEnd(SubStream Lane, StreamPosition End);
