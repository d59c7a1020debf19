using System.Buffers.Binary;
using System.IO.Compression;
using LogPipeline.Ledger.Journal;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// A block as it lies in a file, little-endian:
/// <code>
/// magic "LPB2"        4   "LPB1": without totals and the 4 bytes of their length
/// crc32c              4   of everything behind it, to the end of the payload
/// payload bytes       4
/// raw bytes           4   after decompression; equal to the payload's when it is stored raw
/// documents           4
/// values              2   number of hashes, see BlockSummary
/// many-valued         2
/// first sequence      8
/// min, max timestamp  8 + 8
/// totals bytes        2
/// (0)                 2
/// hashes              4 each
/// totals              see BlockTotals
/// payload             Brotli (quality 1) or raw: the documents' records, see BlockRecords
/// </code>
/// </summary>
internal readonly record struct BlockFrame(int PayloadLength, int RawLength, BlockSummary Summary)
{
    /// <summary>What frames of any format begin with.</summary>
    public static ReadOnlySpan<byte> MagicPrefix => "LPB"u8;

    /// <summary>The most bytes before the hashes.</summary>
    public const int HeaderLength = 52;

    private const uint Magic = 0x3242504C;
    private const uint FirstMagic = 0x3142504C;
    private const int FirstHeaderLength = 48;

    /// <summary>Bytes of documents in a full block. Larger blocks compress no better; smaller ones cost more to skip.</summary>
    public const int TargetRawLength = 128 << 10;

    /// <summary>No block is larger: one document of OpenSearch's largest request.</summary>
    public const int MaxRawLength = 101 << 20;

    private const int CompressFrom = 512;
    private const int BrotliQuality = 1;
    private const int BrotliWindowBits = 18;

    /// <summary>As blocks were written before they had totals.</summary>
    public bool IsFirstFormat { get; private init; }

    public int Length => PayloadOffset + PayloadLength;

    /// <summary>Bytes between the frame's start and its payload.</summary>
    public int PayloadOffset => OwnHeaderLength + Summary.EncodedLength;

    private int OwnHeaderLength => IsFirstFormat ? FirstHeaderLength : HeaderLength;

    /// <summary>The most bytes that <see cref="Write"/> needs.</summary>
    public static int MaxLength(int rawLength, BlockSummary summary) => HeaderLength + summary.EncodedLength + Math.Max(rawLength, BrotliEncoder.GetMaxCompressedLength(rawLength));

    /// <summary>Encodes a block; the frame's <see cref="Length"/> is what was written.</summary>
    public static BlockFrame Write(ReadOnlySpan<byte> raw, BlockSummary summary, Span<byte> destination)
    {
        int start = HeaderLength + summary.EncodedLength;
        if (raw.Length < CompressFrom || !BrotliEncoder.TryCompress(raw, destination[start..], out int payload, BrotliQuality, BrotliWindowBits) || payload >= raw.Length)
        {
            raw.CopyTo(destination[start..]);
            payload = raw.Length;
        }

        var frame = new BlockFrame(payload, raw.Length, summary);
        frame.WriteHeader(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], Crc32C.Compute(destination[8..frame.Length]));
        return frame;
    }

    /// <summary>Writes header and hashes, without a checksum.</summary>
    public void WriteHeader(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, IsFirstFormat ? FirstMagic : Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], PayloadLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], RawLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], Summary.DocumentCount);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[20..], (ushort)Summary.Values.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[22..], (ushort)Summary.ManyValued.Length);
        BinaryPrimitives.WriteInt64LittleEndian(destination[24..], Summary.FirstSequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[32..], Summary.MinTimestamp);
        BinaryPrimitives.WriteInt64LittleEndian(destination[40..], Summary.MaxTimestamp);
        if (!IsFirstFormat) BinaryPrimitives.WriteInt32LittleEndian(destination[48..], Summary.Totals.Length);
        Summary.WriteArrays(destination[OwnHeaderLength..]);
    }

    /// <summary>The length of the whole frame that begins here; 0 when these <see cref="HeaderLength"/> bytes are no header.</summary>
    public static int PeekLength(ReadOnlySpan<byte> header)
    {
        if (header.Length < HeaderLength) return 0;
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (magic is not (Magic or FirstMagic)) return 0;
        int payload = BinaryPrimitives.ReadInt32LittleEndian(header[8..]), raw = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
        int documents = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        int hashes = BinaryPrimitives.ReadUInt16LittleEndian(header[20..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[22..]);
        if (payload is <= 0 or > MaxRawLength || raw < payload || raw > MaxRawLength || documents <= 0 || documents > raw) return 0;
        int before = magic == FirstMagic ? FirstHeaderLength : HeaderLength + BinaryPrimitives.ReadUInt16LittleEndian(header[48..]);
        return before + (hashes * sizeof(uint)) + payload;
    }

    /// <summary>Reads header and hashes; <see cref="PeekLength"/> has accepted them.</summary>
    public static BlockFrame ReadHeader(ReadOnlySpan<byte> bytes)
    {
        bool isFirst = BinaryPrimitives.ReadUInt32LittleEndian(bytes) == FirstMagic;
        int start = isFirst ? FirstHeaderLength : HeaderLength, totals = isFirst ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes[48..]);
        int values = BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]) * sizeof(uint), manyValued = BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..]) * sizeof(uint);
        var summary = new BlockSummary(
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BlockSummary.ReadArray(bytes.Slice(start, values)),
            BlockSummary.ReadArray(bytes.Slice(start + values, manyValued)),
            totals == 0 ? [] : bytes.Slice(start + values + manyValued, totals).ToArray());
        return new BlockFrame(BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]), summary) { IsFirstFormat = isFirst };
    }

    /// <summary>Whether a whole frame is as it was written.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame[4..]) == Crc32C.Compute(frame[8..]);

    /// <summary>Decompresses a payload; false when it does not give exactly <paramref name="raw"/>.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, Span<byte> raw)
    {
        if (payload.Length == raw.Length)
        {
            payload.CopyTo(raw);
            return true;
        }

        return BrotliDecoder.TryDecompress(payload, raw, out int written) && written == raw.Length;
    }
}
