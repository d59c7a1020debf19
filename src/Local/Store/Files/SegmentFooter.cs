using System.Buffers.Binary;
using System.Buffers;
using System.Runtime.InteropServices;
using LogPipeline.Ledger.Journal;
using LogPipeline.Local.Store.Files.Ids;
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
    private const long TableEntryLength = sizeof(ulong) + sizeof(int);
    private const int PieceLength = 128 << 10;
    private const ulong Magic = 0x32304C414553504C;
    private const ulong FirstMagic = 0x31304C414553504C;

    /// <summary>Seals a segment: writes its footer, makes it durable, then replaces the ids in memory. Throws <see cref="IOException"/>; the segment is then active as before.</summary>
    public static void Seal(Segment segment, StoreFiles files)
    {
        ActiveIds active = segment.ActiveIds ?? throw new InvalidOperationException("The segment is sealed already.");
        using var table = new IdTableWriter(files, segment.File, segment.Length, active.Count);
        active.WriteTo(table);
        Seal(segment, table, files);
    }

    /// <summary>As the other, with a table that has all ids of the segment and lies behind its last block.</summary>
    public static void Seal(Segment segment, IdTableWriter table, StoreFiles files)
    {
        table.Complete();
        long tableLength = table.Count * TableEntryLength;
        uint checksum = 0;
        if (!TryAppendChecksum(segment.File, table.Offset, tableLength, ref checksum)) throw new EndOfStreamException("A segment's table of ids is shorter than what was written.");
        using var rest = new PieceWriter(files, segment.File, table.Offset + tableLength, checksum);
        for (ReadOnlySpan<byte> filter = MemoryMarshal.AsBytes(table.Filter.Words); filter.Length > 0;)
        {
            ReadOnlySpan<byte> piece = filter[..Math.Min(filter.Length, PieceLength)];
            piece.CopyTo(rest.Take(piece.Length));
            filter = filter[piece.Length..];
        }

        long directory = rest.End;
        foreach (ref readonly SegmentBlock block in segment.Blocks.Span)
        {
            Span<byte> entry = rest.Take(sizeof(long) + block.Frame.PayloadOffset);
            BinaryPrimitives.WriteInt64LittleEndian(entry, block.Offset);
            block.Frame.WriteHeader(entry[sizeof(long)..]);
        }

        int directoryLength = checked((int)(rest.End - directory));
        foreach (long sequence in segment.Replaced) BinaryPrimitives.WriteInt64LittleEndian(rest.Take(sizeof(long)), sequence);
        checksum = rest.Flush();
        WriteTrailer(rest.Take(TrailerLength), segment, table, directoryLength, checksum);
        rest.Flush();
        files.Sync(segment.File);
        segment.SetSealed(new SealedIds(segment.File, table.Offset, table.Count, table.Filter));
        segment.Length = rest.End;
    }

    /// <summary>Reads the footer of a file into a new segment. False when the file has none, or a damaged one. Throws <see cref="IOException"/>.</summary>
    public static bool TryOpen(Segment segment, long fileLength)
    {
        Span<byte> trailer = stackalloc byte[TrailerLength];
        if (fileLength < TrailerLength || !TryReadExactly(segment.File, trailer, fileLength - TrailerLength)) return false;
        if (BinaryPrimitives.ReadUInt64LittleEndian(trailer[40..]) is not (Magic or FirstMagic) || BinaryPrimitives.ReadUInt32LittleEndian(trailer[36..]) != Crc32C.Compute(trailer[..36])) return false;
        long idsOffset = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        int ids = BinaryPrimitives.ReadInt32LittleEndian(trailer[8..]), words = BinaryPrimitives.ReadInt32LittleEndian(trailer[12..]);
        int directoryLength = BinaryPrimitives.ReadInt32LittleEndian(trailer[16..]), blocks = BinaryPrimitives.ReadInt32LittleEndian(trailer[20..]);
        int replacedCount = BinaryPrimitives.ReadInt32LittleEndian(trailer[24..]);
        long tableLength = ids * TableEntryLength, restLength = (words * 8L) + directoryLength + (replacedCount * 8L);
        if (restLength > Array.MaxLength || idsOffset + tableLength + restLength + TrailerLength != fileLength) return false;
        int length = (int)restLength;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        try
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, length);
            uint checksum = 0;
            if (!TryAppendChecksum(segment.File, idsOffset, tableLength, ref checksum) || !TryReadExactly(segment.File, buffer.AsSpan(0, length), idsOffset + tableLength)) return false;
            if (Crc32C.Append(checksum, rest) != BinaryPrimitives.ReadUInt32LittleEndian(trailer[28..])) return false;
            var filter = new BloomFilter(MemoryMarshal.Cast<byte, ulong>(rest[..(words * 8)]).ToArray());
            rest = rest[(words * 8)..];
            for (int i = 0; i < blocks; i++)
            {
                var block = new SegmentBlock(BinaryPrimitives.ReadInt64LittleEndian(rest), BlockFrame.ReadHeader(rest[sizeof(long)..]));
                rest = rest[(sizeof(long) + block.Frame.PayloadOffset)..];
                segment.AddBlock(block);
            }

            for (int i = 0; i < replacedCount; i++) segment.Replaced.Add(BinaryPrimitives.ReadInt64LittleEndian(rest[(i * sizeof(long))..]));
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

    private static void WriteTrailer(Span<byte> trailer, Segment segment, IdTableWriter table, int directoryLength, uint checksum)
    {
        BinaryPrimitives.WriteInt64LittleEndian(trailer, table.Offset);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[8..], table.Count);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[12..], table.Filter.Words.Length);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[16..], directoryLength);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[20..], segment.Blocks.Length);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[24..], segment.Replaced.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[28..], checksum);
        BinaryPrimitives.WriteInt32LittleEndian(trailer[32..], segment.MergedFiles);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[36..], Crc32C.Compute(trailer[..36]));
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[40..], Magic);
    }

    /// <summary>Continues a checksum with bytes of a file, a piece at a time; false when it ends before.</summary>
    private static bool TryAppendChecksum(SafeFileHandle file, long offset, long length, ref uint checksum)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            for (long end = offset + length; offset < end;)
            {
                Span<byte> read = piece.AsSpan(0, (int)Math.Min(PieceLength, end - offset));
                if (!TryReadExactly(file, read, offset)) return false;
                checksum = Crc32C.Append(checksum, read);
                offset += read.Length;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <summary>Writes what follows each other in pieces, so that a large footer needs no large buffer.</summary>
    private sealed class PieceWriter(StoreFiles files, SafeFileHandle file, long offset, uint checksum) : IDisposable
    {
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(PieceLength);
        private int _length;
        private uint _checksum = checksum;

        public long End => offset + _length;

        /// <summary>Room for the next bytes, which the caller fills before the next call.</summary>
        public Span<byte> Take(int length)
        {
            if (_buffer.Length - _length < length)
            {
                Flush();
                if (_buffer.Length < length)
                {
                    ArrayPool<byte>.Shared.Return(_buffer);
                    _buffer = ArrayPool<byte>.Shared.Rent(length);
                }
            }

            _length += length;
            return _buffer.AsSpan(_length - length, length);
        }

        /// <summary>Writes what was taken, and returns the checksum up to here.</summary>
        public uint Flush()
        {
            Span<byte> piece = _buffer.AsSpan(0, _length);
            files.Write(file, piece, offset);
            _checksum = Crc32C.Append(_checksum, piece);
            offset += _length;
            _length = 0;
            return _checksum;
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}
