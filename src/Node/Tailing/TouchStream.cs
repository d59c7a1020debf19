namespace LogPipeline.Node.Tailing;

/// <summary>A file of a stream was written to. To the node's actor and on to the stream's; may be repeated, and may be lost when another one follows.</summary>
public sealed record TouchStream(string Key);
