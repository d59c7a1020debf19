using System.Buffers;
using LogPipeline.Local.Store.Files.Ids;
using Microsoft.Win32.SafeHandles;

namespace LogPipeline.Local.Store.Files;

/// <summary>
/// Puts segments that follow each other into one, small blocks together into full ones: what single lines cost in blocks is paid back.
/// The new file takes the place of the first; it says how many it replaces, so that a crash before the others are deleted doubles nothing.
/// </summary>
internal static class SegmentMerger
{
    private const string TemporarySuffix = ".merged.tmp";
    private const int FlushBytes = 4 << 20;

    /// <summary>
    /// Writes and syncs the merged segment, sealed, under the first one's name. The others' files are the caller's to delete. Null when
    /// a block is damaged: nothing has changed then. Throws <see cref="IOException"/>; nothing has changed then.
    /// </summary>
    public static Segment? Merge(IReadOnlyList<Segment> segments, Func<long, bool> isReplaced, StoreFiles files)
    {
        Segment first = segments[0];
        string temporary = first.Path + TemporarySuffix;
        SafeFileHandle file = files.Open(temporary, FileMode.Create);
        var merged = new Segment(first.Path, first.Number, file) { MergedFiles = (int)(segments[^1].Number + segments[^1].MergedFiles - first.Number) };
        var builder = new BlockBuilder();
        bool isDone = false;
        try
        {
            foreach (Segment segment in segments)
            {
                merged.Replaced.AddRange(segment.Replaced);
                foreach (SegmentBlock block in segment.Blocks.Span)
                {
                    if (!TryAdd(segment, block, builder, merged.ActiveIds!, segments[0].FirstSequence, isReplaced)) return null;
                    if (builder.Output.Length >= FlushBytes) Flush(builder, merged, files);
                }
            }

            builder.SealBlock();
            Flush(builder, merged, files);
            SegmentFooter.Seal(merged, files);
            File.Move(temporary, first.Path, overwrite: true);
            files.SyncDirectory(Path.GetDirectoryName(first.Path)!);
            isDone = true;
            return merged;
        }
        finally
        {
            builder.Reset();
            if (!isDone)
            {
                merged.Release();
                File.Delete(temporary);
            }
        }
    }

    private static bool TryAdd(Segment segment, in SegmentBlock block, BlockBuilder builder, ActiveIds ids, long firstSequence, Func<long, bool> isReplaced)
    {
        byte[] raw = ArrayPool<byte>.Shared.Rent(block.Frame.RawLength);
        try
        {
            Span<byte> records = raw.AsSpan(0, block.Frame.RawLength);
            if (!segment.ReadBlock(block, records)) return false;
            builder.AddBlock(block.Summary, records);
            var documents = new BlockRecords(records);
            for (long sequence = block.Summary.FirstSequence; documents.MoveNext(); sequence++)
            {
                if (!isReplaced(sequence)) ids.Add(IdHash.Of(documents.Id), checked((int)(sequence - firstSequence)));
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
        }
    }

    private static void Flush(BlockBuilder builder, Segment merged, StoreFiles files)
    {
        files.Write(merged.File, builder.Output.Span, merged.Length);
        foreach ((BlockFrame frame, int offset) in builder.Blocks) merged.AddBlock(new SegmentBlock(merged.Length + offset, frame));
        merged.Length += builder.Output.Length;
        builder.TakeOutput();
    }
}
