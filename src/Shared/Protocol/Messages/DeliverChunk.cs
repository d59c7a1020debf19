using System.Buffers;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Messages;

/// <summary>
/// Node to aggregator: the next piece of a stream. Numbered within its epoch from 0 without gaps; a repeat is known by its number and changes nothing.
/// Applied in this order: header, cuts, bytes, end of file, end of stream. Whoever takes it promises nothing yet; see <see cref="ChunksDurable"/>.
/// </summary>
public sealed record DeliverChunk : IStreamMessage
{
    public required string Stream { get; init; }

    public required StreamEpoch Epoch { get; init; }

    public required long Sequence { get; init; }

    /// <summary>Chunks before this number are durable on the node, with their totals: those need not be told again.</summary>
    public long SettledSequence { get; init; }

    /// <summary>Where in the stream the first of <see cref="Bytes"/> lies. They may begin and end inside a line.</summary>
    public required StreamPosition Start { get; init; }

    public ChunkFlags Flags { get; init; }

    /// <summary>With <see cref="ChunkFlags.EndOfFile"/>: where the stream goes on.</summary>
    public StreamPosition GoOnAt { get; init; }

    /// <summary>When the bytes were read, in nanoseconds since the Unix epoch.</summary>
    public long ReadAtNanos { get; init; }

    /// <summary>A <see cref="FileHeader"/> (with <see cref="ChunkFlags.HeaderGoesOn"/> a piece of one), ahead of the first chunk of a file in its epoch and again when its pins change; else empty.</summary>
    public ReadOnlyMemory<byte> Header { get; init; }

    /// <summary>Cuts on silence in the file of <see cref="Start"/> that are durable on the node and not in the header: they take effect before the bytes.</summary>
    public IReadOnlyList<SilenceCut> Cuts { get; init; } = [];

    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>
    /// Not on the wire: the array of the shared pool that holds <see cref="Bytes"/> and is this chunk's alone; null where they are in another one. Whoever is done with the chunk
    /// gives it back (<see cref="Return"/>), or leaves it to the collector.
    /// </summary>
    public byte[]? Rented { get; init; }

    /// <summary>What it counts against the window: an upper bound of its size on the wire.</summary>
    public int WindowBytes => Bytes.Length + Header.Length + 256;

    /// <summary>Gives the array back. Nobody may look at the chunk's header and bytes afterwards.</summary>
    public void Return()
    {
        if (Rented is not null) ArrayPool<byte>.Shared.Return(Rented);
    }
}
