namespace LogPipeline.Protocol.Messages;

/// <summary>
/// Aggregator to node: chunks of <see cref="Epoch"/> are not taken; go back to the durable position and begin an epoch newer than <see cref="Newest"/>.
/// A node that has gone on to another epoch ignores it.
/// </summary>
/// <param name="Stream">The stream.</param>
/// <param name="Epoch">The refused epoch.</param>
/// <param name="Newest">The newest epoch that the aggregator knows of.</param>
/// <param name="Reason">For logs and metrics.</param>
public sealed record RewindStream(string Stream, StreamEpoch Epoch, StreamEpoch Newest, RewindReason Reason) : IStreamMessage;
