using System.Buffers;
using LogPipeline.Formats;
using LogPipeline.Ledger;
using LogPipeline.Protocol.Messages;
using LogPipeline.Tailing;

namespace LogPipeline.Protocol;

/// <summary>
/// Messages on the wire. A manifest names the type and the version of its grammar and is never used again for another one; a later grammar gets a new manifest,
/// and its reader ships one release before its writer. Integers are varints (signed ones zigzag), texts and blocks are led by their byte count.
/// <code>
/// c1 deliver   = id sequence settled position flags goOn:position readAt count *(lane offset) headerBytes byteCount header bytes
/// p1 probe     = id sequence
/// a1 accepted  = id sequence granted flags count *(lane position)
/// d1 durable   = id sequence readTo:position 3(position state) count *(ordinal range deadLettered records bytes firstDay lastDay)
/// r1 rewind    = id newest reason
/// id           = stream epoch ; position = ordinal offset
/// </code>
/// </summary>
public static class MessageCodec
{
    public const string DeliverManifest = "c1", ProbeManifest = "p1", AcceptedManifest = "a1", DurableManifest = "d1", RewindManifest = "r1";

    /// <summary>The manifest under which a message is written.</summary>
    public static string ManifestOf(IStreamMessage message) => message switch
    {
        DeliverChunk => DeliverManifest,
        ProbeStream => ProbeManifest,
        ChunksAccepted => AcceptedManifest,
        ChunksDurable => DurableManifest,
        RewindStream => RewindManifest,
        _ => throw new ArgumentException($"{message.GetType().Name} has no form on the wire.", nameof(message)),
    };

    public static byte[] Encode(IStreamMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        if (message is not DeliverChunk deliver)
        {
            Encode(message, buffer);
            return buffer.WrittenSpan.ToArray();
        }
        WriteHead(message, buffer);
        return Joined(buffer.WrittenSpan, deliver.Header.Span, deliver.Bytes.Span);
    }

    /// <summary>Writes a message behind what <paramref name="buffer"/> has.</summary>
    public static void Encode(IStreamMessage message, IBufferWriter<byte> buffer)
    {
        WriteHead(message, buffer);
        if (message is not DeliverChunk deliver) return;
        buffer.Write(deliver.Header.Span);
        buffer.Write(deliver.Bytes.Span);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; null when the manifest is not known or the bytes are not whole. A chunk keeps <paramref name="payload"/> as its own.</summary>
    public static IStreamMessage? TryDecode(string manifest, ReadOnlyMemory<byte> payload)
    {
        var reader = new VarintReader(payload.Span);
        string stream = reader.Text();
        var epoch = new StreamEpoch(reader.Signed());
        IStreamMessage? message = manifest switch
        {
            DeliverManifest => ReadChunk(ref reader, stream, epoch, payload),
            ProbeManifest => new ProbeStream(stream, epoch, reader.Signed()),
            AcceptedManifest => ReadAccepted(ref reader, stream, epoch),
            DurableManifest => ReadDurable(ref reader, stream, epoch),
            RewindManifest => new RewindStream(stream, epoch, new StreamEpoch(reader.Signed()), (RewindReason)reader.Byte()),
            _ => null,
        };
        return reader.IsAtEnd ? message : null;
    }

    private static void WriteHead(IStreamMessage message, IBufferWriter<byte> buffer)
    {
        var writer = new VarintWriter(buffer);
        writer.Text(message.Stream);
        writer.Signed(message.Epoch.Value);
        switch (message)
        {
            case DeliverChunk deliver: Write(ref writer, deliver); break;
            case ProbeStream probe: writer.Signed(probe.NextSequence); break;
            case ChunksAccepted accepted: Write(ref writer, accepted); break;
            case ChunksDurable durable: Write(ref writer, durable); break;
            case RewindStream rewind:
                writer.Signed(rewind.Newest.Value);
                writer.Byte((byte)rewind.Reason);
                break;
        }
    }

    // Not cleared before it is filled, as an array of a collection expression would be.
    private static byte[] Joined(ReadOnlySpan<byte> head, ReadOnlySpan<byte> header, ReadOnlySpan<byte> bytes)
    {
        byte[] whole = GC.AllocateUninitializedArray<byte>(head.Length + header.Length + bytes.Length);
        head.CopyTo(whole);
        header.CopyTo(whole.AsSpan(head.Length));
        bytes.CopyTo(whole.AsSpan(head.Length + header.Length));
        return whole;
    }

    // Without the header and the bytes, which follow.
    private static void Write(ref VarintWriter writer, DeliverChunk chunk)
    {
        writer.Signed(chunk.Sequence);
        writer.Signed(chunk.SettledSequence);
        Write(ref writer, chunk.Start);
        writer.Byte((byte)chunk.Flags);
        Write(ref writer, chunk.GoOnAt);
        writer.Signed(chunk.ReadAtNanos);
        writer.Unsigned((ulong)chunk.Cuts.Count);
        foreach (SilenceCut cut in chunk.Cuts)
        {
            writer.Byte((byte)cut.SubStream);
            writer.Signed(cut.OffsetBytes);
        }
        writer.Unsigned((ulong)chunk.Header.Length);
        writer.Unsigned((ulong)chunk.Bytes.Length);
    }

    private static DeliverChunk? ReadChunk(ref VarintReader reader, string stream, StreamEpoch epoch, ReadOnlyMemory<byte> payload)
    {
        long sequence = reader.Signed(), settled = reader.Signed();
        StreamPosition start = ReadPosition(ref reader);
        var flags = (ChunkFlags)reader.Byte();
        StreamPosition goOnAt = ReadPosition(ref reader);
        long readAt = reader.Signed();
        var cuts = new SilenceCut[reader.Count()];
        for (int index = 0; index < cuts.Length; index++) cuts[index] = new((SubStream)reader.Byte(), reader.Signed());
        ulong headerLength = reader.Count(), length = reader.Count();
        if (reader.Failed || headerLength + length != (ulong)reader.Rest.Length) return null;
        int begin = payload.Length - reader.Rest.Length;
        reader.SkipRest();
        return new DeliverChunk
        {
            Stream = stream, Epoch = epoch, Sequence = sequence, SettledSequence = settled, Start = start, Flags = flags, GoOnAt = goOnAt, ReadAtNanos = readAt, Cuts = cuts,
            Header = payload.Slice(begin, (int)headerLength), Bytes = payload.Slice(begin + (int)headerLength, (int)length),
        };
    }

    private static void Write(ref VarintWriter writer, ChunksAccepted accepted)
    {
        writer.Signed(accepted.NextSequence);
        writer.Signed(accepted.GrantedBytes);
        writer.Byte(accepted.HasPending ? (byte)1 : (byte)0);
        writer.Unsigned((ulong)accepted.Cuttable.Count);
        foreach (LaneEnd lane in accepted.Cuttable)
        {
            writer.Byte((byte)lane.Lane);
            Write(ref writer, lane.End);
        }
    }

    private static ChunksAccepted ReadAccepted(ref VarintReader reader, string stream, StreamEpoch epoch)
    {
        long next = reader.Signed(), granted = reader.Signed();
        bool pending = reader.Byte() != 0;
        var cuttable = new LaneEnd[reader.Count()];
        for (int index = 0; index < cuttable.Length; index++) cuttable[index] = new((SubStream)reader.Byte(), ReadPosition(ref reader));
        return new ChunksAccepted { Stream = stream, Epoch = epoch, NextSequence = next, GrantedBytes = granted, HasPending = pending, Cuttable = cuttable };
    }

    private static void Write(ref VarintWriter writer, ChunksDurable durable)
    {
        ResumePoint resume = durable.Resume;
        writer.Signed(durable.NextSequence);
        Write(ref writer, resume.ReadTo);
        Write(ref writer, resume.None);
        writer.Byte(resume.NoneState.Bits);
        Write(ref writer, resume.Stdout);
        writer.Byte(resume.StdoutState.Bits);
        Write(ref writer, resume.Stderr);
        writer.Byte(resume.StderrState.Bits);
        writer.Unsigned((ulong)durable.Totals.Count);
        foreach (RangeTotal total in durable.Totals)
        {
            writer.Signed(total.FileOrdinal);
            writer.Signed(total.Range);
            writer.Byte(total.DeadLettered ? (byte)1 : (byte)0);
            writer.Signed(total.Count.Records);
            writer.Signed(total.Count.Bytes);
            writer.Signed(total.Count.FirstDay);
            writer.Signed(total.Count.LastDay);
        }
    }

    private static ChunksDurable ReadDurable(ref VarintReader reader, string stream, StreamEpoch epoch)
    {
        long next = reader.Signed();
        var resume = new ResumePoint(
            ReadPosition(ref reader), ReadPosition(ref reader), new(reader.Byte()), ReadPosition(ref reader), new(reader.Byte()), ReadPosition(ref reader), new(reader.Byte()));
        var totals = new RangeTotal[reader.Count()];
        for (int index = 0; index < totals.Length; index++)
            totals[index] = new(reader.Signed(), (int)reader.Signed(), reader.Byte() != 0, new(reader.Signed(), reader.Signed(), (int)reader.Signed(), (int)reader.Signed()));
        return new ChunksDurable { Stream = stream, Epoch = epoch, NextSequence = next, Resume = resume, Totals = totals };
    }

    private static void Write(ref VarintWriter writer, StreamPosition position)
    {
        writer.Signed(position.FileOrdinal);
        writer.Signed(position.OffsetBytes);
    }

    private static StreamPosition ReadPosition(ref VarintReader reader) => new(reader.Signed(), reader.Signed());
}
