namespace LogPipeline.Node.Tailing;

/// <summary>A stream's actor to the node's: all of the stream is durable and nothing more will come.</summary>
/// <param name="Key">The stream.</param>
/// <param name="MessagesSeen">How many messages from the node's actor it had seen: with more under way it is not over.</param>
public sealed record StreamIsOver(string Key, long MessagesSeen);
