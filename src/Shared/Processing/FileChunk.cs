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
        long size = file.SizeBytes, end = file.Checkpoint.EndBytes < 0 ? long.MaxValue : file.Checkpoint.EndBytes;
        if (!file.Found.Compressed)
        {
            size = file.Handle!.Stat().SizeBytes;
            if (file.Shrunk || size < Math.Max(file.SizeBytes, file.Checkpoint.Fingerprint.LengthBytes)) return new(ChunkVerdict.OtherContent, 0, 0, null);
            if (Math.Min(size, end) <= Math.Max(file.ReadOffset, file.NoNewlineUntil))
            {
                file.SizeBytes = size;
                return new(ChunkVerdict.NoWholeLine, 0, 0, null);
            }
        }
        for (int want = chunkBytes; ; want = maxLineBytes + 1)
        {
            want = (int)Math.Min(want, end - file.ReadOffset);
            if (!TryRead(file, buffer, want, out int overlap, out int fresh)) return new(ChunkVerdict.OtherContent, 0, 0, null);
            file.SizeBytes = size;
            file.VerifiedBytes = size;
            int lines = buffer.Span.Slice(overlap, fresh).LastIndexOf((byte)'\n') + 1;
            if (lines > 0) return new(ChunkVerdict.Lines, overlap, lines, TailAfterOf(file, buffer, overlap, lines));
            if (fresh > maxLineBytes) return new(ChunkVerdict.Lines, overlap, fresh, null);
            if (fresh < want || file.ReadOffset + fresh == end)
            {
                file.NoNewlineUntil = file.ReadOffset + fresh;
                return new(ChunkVerdict.NoWholeLine, 0, 0, null);
            }
        }
    }

    /// <summary>Reads what is left of a file whose writer has left it: an unterminated line.</summary>
    public static FileChunk ReadRest(TailedFile file, ReadBuffer buffer, int maxLineBytes)
    {
        long end = file.Checkpoint.EndBytes < 0 ? long.MaxValue : file.Checkpoint.EndBytes;
        int want = (int)Math.Max(0, Math.Min(maxLineBytes + 1, end - file.ReadOffset));
        return TryRead(file, buffer, want, out int overlap, out int fresh)
            ? new(ChunkVerdict.Lines, overlap, fresh, TailAfterOf(file, buffer, overlap, fresh))
            : new(ChunkVerdict.OtherContent, 0, 0, null);
    }

    /// <summary>The CRC behind a piece of a line that is longer than a line may be: such a piece is not decoded in place.</summary>
    /// <param name="file">Has been read up to behind the piece.</param>
    /// <param name="buffer">Still has what was read.</param>
    /// <param name="length">Bytes of the piece.</param>
    public TailCrc TailBehind(TailedFile file, ReadBuffer buffer, int length) =>
        TailCrc.Of(file.ReadOffset, buffer.Span[..(Start + length)]);

    private static bool TryRead(TailedFile file, ReadBuffer buffer, int want, out int overlap, out int fresh)
    {
        overlap = (int)Math.Min(TailCrc.MaxBytes, file.ReadOffset);
        // Nothing was read of it yet, so that only its first line tells whether it is still the same.
        bool atStart = overlap == 0 && !file.Found.Compressed && want > 0;
        if (atStart) want = Math.Max(want, file.Checkpoint.Fingerprint.LengthBytes);
        buffer.Grow(overlap + want);
        int read = file.Handle!.ReadWhole(file.ReadOffset - overlap, buffer.Span[..(overlap + want)]);
        fresh = read - overlap;
        if (atStart && !StillBegins(file, buffer.Span[..fresh])) return false;
        if (fresh < 0 && !file.Found.Live)
        {
            fresh = 0; // a copy that ends before what was read of its original: nothing more is in it
            return true;
        }
        if (fresh < 0) return false;
        if (file.Found.Compressed) return true; // does not change
        // Nothing but the first line is known of what was read before.
        if (overlap > 0 && file.Tail.OffsetBytes == 0) return FileRecognizer.Begins(file.Handle!, file.Checkpoint.Fingerprint);
        if (overlap > 0 && file.Tail.OffsetBytes == file.ReadOffset) return file.Tail.Matches(buffer.Span[..overlap]);
        // After a restart or a rewind reading begins before the place whose CRC is known; after the read, as it may be truncated at any time.
        return FileRecognizer.Holds(file.Handle!, file.Tail);
    }

    private static bool StillBegins(TailedFile file, ReadOnlySpan<byte> head) =>
        head.Length >= file.Checkpoint.Fingerprint.LengthBytes && FileFingerprint.Of(head[..file.Checkpoint.Fingerprint.LengthBytes]) == file.Checkpoint.Fingerprint;

    // Taken before the lines are decoded in place.
    private static TailCrc TailAfterOf(TailedFile file, ReadBuffer buffer, int overlap, int length) =>
        TailCrc.Of(file.ReadOffset + length, buffer.Span[..(overlap + length)]);
}
