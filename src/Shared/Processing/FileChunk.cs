using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Processing;

/// <summary>
/// A piece of a file in a read buffer, ending with its last whole line. Each read takes the bytes before it along and compares their CRC, so that a
/// file that was truncated and has grown again is noticed even when it is longer than before (copytruncate).
/// </summary>
public readonly record struct FileChunk(ChunkVerdict Verdict, int Start, int Length, TailCrc? TailAfter)
{
    public Span<byte> Bytes(ReadBuffer buffer) => buffer.Span.Slice(Start, Length);

    /// <summary>Reads whole lines behind <see cref="TailedFile.ReadOffset"/>.</summary>
    /// <param name="file">Its open descriptor is read; its size and what is known of its unfinished line are updated.</param>
    /// <param name="buffer">Grows when a line needs it.</param>
    /// <param name="chunkBytes">How much to read at most when lines are of usual length.</param>
    /// <param name="maxLineBytes">A line of more bytes is returned although it has no end.</param>
    public static FileChunk Read(TailedFile file, ReadBuffer buffer, int chunkBytes, int maxLineBytes)
    {
        ILogFileHandle handle = file.Handle!;
        if (!file.Found.Compressed)
        {
            long size = handle.Stat().SizeBytes;
            if (size < Math.Max(file.ReadOffset, file.Checkpoint.Fingerprint.LengthBytes)) return new(ChunkVerdict.OtherContent, 0, 0, null);
            file.SizeBytes = size;
            if (size <= Math.Max(file.ReadOffset, file.NoNewlineUntil)) return new(ChunkVerdict.NoWholeLine, 0, 0, null);
        }
        for (int want = chunkBytes; ; want = maxLineBytes + 1)
        {
            if (!TryRead(file, buffer, want, out int overlap, out int fresh)) return new(ChunkVerdict.OtherContent, 0, 0, null);
            int lines = buffer.Span.Slice(overlap, fresh).LastIndexOf((byte)'\n') + 1;
            if (lines > 0) return new(ChunkVerdict.Lines, overlap, lines, TailAfterOf(file, buffer, overlap, lines));
            if (fresh > maxLineBytes) return new(ChunkVerdict.Lines, overlap, fresh, null);
            if (fresh < want)
            {
                file.NoNewlineUntil = file.ReadOffset + fresh;
                return new(ChunkVerdict.NoWholeLine, 0, 0, null);
            }
        }
    }

    /// <summary>Reads what is left of a file whose writer has left it: an unterminated line.</summary>
    public static FileChunk ReadRest(TailedFile file, ReadBuffer buffer, int maxLineBytes) =>
        file.Handle is not null && TryRead(file, buffer, maxLineBytes + 1, out int overlap, out int fresh)
            ? new(ChunkVerdict.Lines, overlap, fresh, TailAfterOf(file, buffer, overlap, fresh))
            : new(ChunkVerdict.OtherContent, 0, 0, null);

    private static bool TryRead(TailedFile file, ReadBuffer buffer, int want, out int overlap, out int fresh)
    {
        // A compressed file does not change, and reading backwards in it is dear.
        overlap = file.Found.Compressed ? 0 : (int)Math.Min(TailCrc.MaxBytes, file.ReadOffset);
        buffer.Grow(overlap + want);
        int read = file.Handle!.Read(file.ReadOffset - overlap, buffer.Span[..(overlap + want)]);
        fresh = read - overlap;
        if (file.ReadOffset == 0) return BeginsAsKnown(file, buffer.Span[..read]);
        return fresh >= 0 && (overlap == 0 || file.Tail.OffsetBytes != file.ReadOffset || file.Tail.Matches(buffer.Span[..overlap]));
    }

    // Between the look at its first line and the first read it may have been truncated, and there is no CRC yet that would tell.
    private static bool BeginsAsKnown(TailedFile file, ReadOnlySpan<byte> head)
    {
        FileFingerprint known = file.Checkpoint.Fingerprint;
        return head.Length >= known.LengthBytes && FileFingerprint.Of(head[..known.LengthBytes]) == known;
    }

    // Taken before the lines are decoded in place.
    private static TailCrc? TailAfterOf(TailedFile file, ReadBuffer buffer, int overlap, int length) =>
        file.Found.Compressed ? file.Tail : TailCrc.Of(file.ReadOffset + length, buffer.Span[..(overlap + length)]);
}
