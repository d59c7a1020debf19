using System.Buffers;
using LogPipeline.Local.Store.Files.Ids;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// Reads a file without a valid footer from its start: intact blocks are kept, everything else is skipped to the next place where an
/// intact block begins.
/// </summary>
internal static class SegmentRecovery
{
    private const int ScanWindow = 1 << 20;

    /// <summary>
    /// Adds the intact blocks and their ids to an empty segment, whose <see cref="Segment.Length"/> becomes the end of the last of
    /// them. Returns the bytes skipped before it: more than none means damage, not a torn tail. Throws <see cref="IOException"/>.
    /// </summary>
    public static long Scan(Segment segment, long fileLength)
    {
        long offset = 0, skipped = 0;
        while (true)
        {
            long next = FindIntact(segment.File, offset, fileLength, out byte[]? frame);
            if (frame is null) return skipped;
            try
            {
                skipped += next - offset;
                int length = BlockFrame.PeekLength(frame);
                AddBlock(segment, new SegmentBlock(next, BlockFrame.ReadHeader(frame)), frame);
                offset = next + length;
                segment.Length = offset;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(frame);
            }
        }
    }

    private static void AddBlock(Segment segment, SegmentBlock block, ReadOnlySpan<byte> frame)
    {
        byte[] raw = ArrayPool<byte>.Shared.Rent(block.Frame.RawLength);
        try
        {
            if (!BlockFrame.TryDecode(frame.Slice(block.Frame.PayloadOffset, block.Frame.PayloadLength), raw.AsSpan(0, block.Frame.RawLength))) return;
            segment.AddBlock(block);
            int position = checked((int)(block.Summary.FirstSequence - segment.FirstSequence));
            var records = new BlockRecords(raw.AsSpan(0, block.Frame.RawLength));
            while (records.MoveNext())
            {
                segment.ActiveIds!.Add(IdHash.Of(records.Id), position++);
                if (records.Replaced >= 0) segment.Replaced.Add(records.Replaced);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
        }
    }

    /// <summary>The first intact frame at or behind an offset, in a rented array; null when there is none.</summary>
    private static long FindIntact(SafeFileHandle file, long offset, long fileLength, out byte[]? frame)
    {
        frame = TryReadFrame(file, offset, fileLength);
        if (frame is not null) return offset;
        byte[] window = ArrayPool<byte>.Shared.Rent(ScanWindow);
        try
        {
            for (long start = offset + 1; start + BlockFrame.HeaderLength <= fileLength;)
            {
                int length = (int)Math.Min(ScanWindow, fileLength - start);
                if (!SegmentFooter.TryReadExactly(file, window.AsSpan(0, length), start)) return fileLength;
                int found = window.AsSpan(0, length).IndexOf(BlockFrame.MagicPrefix);
                if (found < 0)
                {
                    start += Math.Max(1, length - BlockFrame.MagicPrefix.Length + 1);
                    continue;
                }

                frame = TryReadFrame(file, start + found, fileLength);
                if (frame is not null) return start + found;
                start += found + 1;
            }

            return fileLength;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    private static byte[]? TryReadFrame(SafeFileHandle file, long offset, long fileLength)
    {
        Span<byte> header = stackalloc byte[BlockFrame.HeaderLength];
        if (offset + header.Length > fileLength || !SegmentFooter.TryReadExactly(file, header, offset)) return null;
        int length = BlockFrame.PeekLength(header);
        if (length == 0 || offset + length > fileLength) return null;
        byte[] frame = ArrayPool<byte>.Shared.Rent(length);
        if (SegmentFooter.TryReadExactly(file, frame.AsSpan(0, length), offset) && BlockFrame.IsIntact(frame.AsSpan(0, length))) return frame;
        ArrayPool<byte>.Shared.Return(frame);
        return null;
    }
}
