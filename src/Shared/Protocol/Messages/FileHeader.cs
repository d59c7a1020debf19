using System.Buffers;
using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol.Messages;

/// <summary>
/// What an aggregator must know of a file before its first byte: identity, pins (tenant, index, rule, format, metadata), where each sub-stream goes on, and the
/// cuts behind that. Everything in it is durable on the node.
/// <code>header = signed restart, signed replay end, block of 16 bytes file id, block of FileCheckpointCodec</code>
/// </summary>
public sealed record FileHeader
{
    /// <summary>The container's restart count; the beginning of <c>log.sequence</c>.</summary>
    public required int Restart { get; init; }

    /// <summary>Bytes before this offset may have been sent under an earlier epoch: their ids are looked up first.</summary>
    public required long ReplayEnd { get; init; }

    /// <summary>Without its account, and without the pins that lie before its resume point.</summary>
    public required FileCheckpoint File { get; init; }

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var writer = new VarintWriter(buffer);
        writer.Signed(Restart);
        writer.Signed(ReplayEnd);
        Span<byte> id = stackalloc byte[FileId.Size];
        File.Id.Write(id);
        writer.Block(id);
        writer.Block(FileCheckpointCodec.Write(Trimmed(File)));
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Null when the bytes are no header that this program can read.</summary>
    public static FileHeader? TryDecode(ReadOnlySpan<byte> bytes)
    {
        var reader = new VarintReader(bytes);
        long restart = reader.Signed(), replayEnd = reader.Signed();
        ReadOnlySpan<byte> id = reader.Block(), file = reader.Block();
        if (!reader.IsAtEnd || id.Length != FileId.Size || !FileCheckpointCodec.TryRead(FileId.Read(id), file, out FileCheckpoint? checkpoint)) return null;
        return new FileHeader { Restart = (int)restart, ReplayEnd = replayEnd, File = checkpoint! };
    }

    private static FileCheckpoint Trimmed(FileCheckpoint file)
    {
        var trimmed = new FileCheckpoint
        {
            Id = file.Id, StreamKey = file.StreamKey, Ordinal = file.Ordinal, Kind = file.Kind, Path = file.Path, Fingerprint = file.Fingerprint, Compressed = file.Compressed,
        };
        file.LanePositions.CopyTo(trimmed.LanePositions, 0);
        Pin first = file.PinAt(file.ResumeOffsetBytes);
        trimmed.Pins.AddRange(file.Pins.SkipWhile(pin => !ReferenceEquals(pin, first)));
        trimmed.Cuts.AddRange(file.Cuts);
        return trimmed;
    }
}
