using System.Buffers.Binary;
using System.Buffers;
using System.Runtime.InteropServices;
using LogPipeline.Ledger.Journal;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// What a sealed segment has behind its blocks, little-endian:
/// <code>
/// id hashes     8 each, sorted      see IdHash
/// positions     4 each              of the documents with these ids, counted from the segment's first
/// Bloom filter  8 each              see BloomFilter
/// directory     8 + header          per block: offset, then its frame up to the payload
/// replaced      8 each              sequence numbers of documents that documents here replaced
/// trailer      48                   ids offset 8, ids 4, filter words 4, directory bytes 4, blocks 4, replaced 4, crc32c of all that 4,
///                                   files merged into this one 4 (those with the next numbers), crc32c of the trailer 4, magic "LPSEAL02" 8 ("LPSEAL01": written when blocks had no totals)
/// </code>
/// </summary>
internal static class SegmentFooter
{
    private const int TrailerLength = 48;
    private const ulong Magic = 0x32304C414553504C;
    private const ulong FirstMagic = 0x31304C414553504C;

    /// <summary>Seals a segment: writes its footer, makes it durable, then replaces the ids in memory. Throws <see cref="IOException"/>; the segment is then active as before.</summary>
    public static void Seal(Segment segment, StoreFiles files)
    {
        ActiveIds active = segment.ActiveIds ?? throw new InvalidOperationException("The segment is sealed already.");
        int count = active.Count;
        ReadOnlySpan<SegmentBlock> blocks = segment.Blocks.Span;
        var filter = new BloomFilter(count);
        int directoryLength = 0;
        foreach (ref readonly SegmentBlock block in blocks) directoryLength += sizeof(long) + block.Frame.PayloadOffset;
        int length = checked((count * 12) + (filter.Words.Length * sizeof(ulong)) + directoryLength + (segment.Replaced.Count * sizeof(long)) + TrailerLength);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Span<byte> footer = buffer.AsSpan(0, length);
            Span<ulong> hashes = MemoryMarshal.Cast<byte, ulong>(footer[..(count * 8)]);
            Span<int> positions = MemoryMarshal.Cast<byte, int>(footer.Slice(count * 8, count * 4));
            active.CopySorted(hashes, positions);
            foreach (ulong hash in hashes) filter.Add(hash);
            int at = count * 12;
            MemoryMarshal.AsBytes(filter.Words).CopyTo(footer[at..]);
            at += filter.Words.Length * sizeof(ulong);
            foreach (ref readonly SegmentBlock block in blocks)
            {
                BinaryPrimitives.WriteInt64LittleEndian(footer[at..], block.Offset);
                block.Frame.WriteHeader(footer[(at + sizeof(long))..]);
                at += sizeof(long) + block.Frame.PayloadOffset;
            }

            foreach (long sequence in segment.Replaced)
            {
                BinaryPrimitives.WriteInt64LittleEndian(footer[at..], sequence);
                at += sizeof(long);
            }

            Span<byte> trailer = footer[at..];
            BinaryPrimitives.WriteInt64LittleEndian(trailer, segment.Length);
            BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], count);
            BinaryPrimitives.WriteInt32LittleEndian(trailer[12..], filter.Words.Length);
            BinaryPrimitives.WriteInt32LittleEndian(trailer[16..], directoryLength);
            BinaryPrimitives.WriteInt32LittleEndian(trailer[20..], blocks.Length);
            BinaryPrimitives.WriteInt32LittleEndian(trailer[24..], segment.Replaced.Count);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[28..], Crc32C.Of(footer[..at]));
            BinaryPrimitives.WriteInt32LittleEndian(trailer[32..], segment.MergedFiles);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[36..], Crc32C.Of(trailer[..36]));
            BinaryPrimitives.WriteUInt64LittleEndian(trailer[40..], Magic);
            files.Write(segment.File, footer, segment.Length);
            files.Sync(segment.File);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        segment.SetSealed(new SealedIds(segment.File, segment.Length, count, filter));
        segment.Length += length;
    }

    /// <summary>Reads the footer of a file into a new segment. False when the file has none, or a damaged one. Throws <see cref="IOException"/>.</summary>
    public static bool TryOpen(Segment segment, long fileLength)
    {
        Span<byte> trailer = stackalloc byte[TrailerLength];
        if (fileLength < TrailerLength || !TryReadExactly(segment.File, trailer, fileLength - TrailerLength)) return false;
        if (BinaryPrimitives.ReadUInt64LittleEndian(trailer[40..]) is not (Magic or FirstMagic) || BinaryPrimitives.ReadUInt32LittleEndian(trailer[36..]) != Crc32C.Of(trailer[..36])) return false;
        long idsOffset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        int ids = BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]), words = BinaryPrimitives.ReadInt32LittleEndian(trailer[12..]);
        int directoryLength = BinaryPrimitives.ReadInt32LittleEndian(trailer[16..]), blocks = BinaryPrimitives.ReadInt32LittleEndian(trailer[20..]);
        int replacedCount = BinaryPrimitives.ReadInt32LittleEndian(trailer[24..]);
        int length = (int)(fileLength - TrailerLength - idsOffset);
        if (length != (ids * 12L) + (words * 8L) + directoryLength + (replacedCount * 8L)) return false;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        try
        {
            ReadOnlySpan<byte> footer = buffer.AsSpan(0, length);
            if (!TryReadExactly(segment.File, buffer.AsSpan(0, length), idsOffset) || Crc32C.Of(footer) != BinaryPrimitives.ReadUInt32LittleEndian(trailer[28..])) return false;
            footer = footer[(ids * 12)..];
            var filter = new BloomFilter(MemoryMarshal.Cast<byte, ulong>(footer[..(words * 8)]).ToArray());
            footer = footer[(words * 8)..];
            for (int i = 0; i < blocks; i++)
            {
                var block = new SegmentBlock(BinaryPrimitives.ReadInt64LittleEndian(footer), BlockFrame.ReadHeader(footer[sizeof(long)..]));
                footer = footer[(sizeof(long) + block.Frame.PayloadOffset)..];
                segment.AddBlock(block);
            }

            for (int i = 0; i < replacedCount; i++) segment.Replaced.Add(BinaryPrimitives.ReadInt64LittleEndian(footer[(i * sizeof(long))..]));
            segment.SetSealed(new SealedIds(segment.File, idsOffset, ids, filter));
            segment.Length = fileLength;
            segment.MergedFiles = BinaryPrimitives.ReadInt32LittleEndian(trailer[32..]);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>False when the file ends before. Throws <see cref="IOException"/>.</summary>
    public static bool TryReadExactly(SafeFileHandle file, Span<byte> destination, long offset)
    {
        while (destination.Length > 0)
        {
            int read = RandomAccess.Read(file, destination, offset);
            if (read == 0) return false;
            destination = destination[read..];
            offset += read;
        }

        return true;
    }
}
