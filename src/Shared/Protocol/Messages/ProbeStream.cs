namespace LogPipeline.Protocol.Messages;

/// <summary>
/// Node to aggregator, when an answer is overdue: who has the stream answers with what it has (<see cref="ChunksAccepted"/>, <see cref="ChunksDurable"/>),
/// or, when that is not everything before <paramref name="NextSequence"/>, with <see cref="RewindStream"/>. May be repeated.
/// </summary>
/// <param name="Stream">The stream.</param>
/// <param name="Epoch">The node's.</param>
/// <param name="NextSequence">The number that the next chunk will have.</param>
public sealed record ProbeStream(string Stream, StreamEpoch Epoch, long NextSequence) : IStreamMessage;
