namespace LogPipeline.Protocol.Messages;

/// <summary>
/// A message about one stream under one epoch. Every one of them may be lost, repeated or overtaken; none may change anything when it comes twice.
/// A message owns its bytes. <see cref="MessageCodec"/> gives the form on the wire.
/// </summary>
public interface IStreamMessage
{
    /// <summary>The stream's name in the whole cluster: shard key and entity id.</summary>
    string Stream { get; }

    StreamEpoch Epoch { get; }
}
