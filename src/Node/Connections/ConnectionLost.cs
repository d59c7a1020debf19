namespace LogPipeline.Node.Connections;

/// <summary>To the actor of a stream: the connection that it was on is closed. What it had sent there may have been lost.</summary>
/// <param name="Stream">The stream's name in the cluster.</param>
/// <param name="Connection">Which.</param>
public sealed record ConnectionLost(string Stream, ChunkConnection Connection);
