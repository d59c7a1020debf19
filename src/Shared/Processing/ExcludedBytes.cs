using LogPipeline.Ledger;
using LogPipeline.Tailing;

namespace LogPipeline.Processing;

/// <summary>Where a file that is not read goes on: behind its last line, of which nothing but that end is looked at.</summary>
internal static class ExcludedBytes
{
    /// <summary>
    /// The last line end of a file, with the CRC of what stands before it; the file's end where its writer has left it. Nothing of a compressed file is looked at. Null when
    /// the file has become shorter than what was seen of it.
    /// </summary>
    public static TailCrc? EndOf(TailedFile file, bool toEnd)
    {
        ILogFileHandle handle = file.Handle!;
        if (file.Found.Compressed) return file.Tail;
        long size = handle.Stat().SizeBytes;
        if (size < file.ReadOffset) return null;
        file.SizeBytes = Math.Max(file.SizeBytes, size);
        long end = toEnd ? size : handle.EndOfLastLine(file.ReadOffset, size);
        return end > file.ReadOffset ? FileRecognizer.TailOf(handle, end) : file.Tail;
    }
}
