using LogPipeline.Ledger;
using LogPipeline.Protocol.Messages;

namespace LogPipeline.Protocol.Receiving;

/// <summary>A chunk that was taken; its bytes are dropped once its records are encoded.</summary>
internal sealed class ReceivedChunk(DeliverChunk chunk)
{
    public DeliverChunk? Chunk { get; set; } = chunk;

    /// <summary>Null until its records are encoded.</summary>
    public ChunkTicket? Ticket { get; set; }

    public bool IsDurable => Ticket is { IsDurable: true };
}
