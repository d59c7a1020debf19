using System.Text;
using LogPipeline.Formats;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Running.Explaining;

/// <summary>One physical line of a log file, read from disk.</summary>
/// <param name="OffsetBytes">Of its first byte, in the uncompressed file.</param>
/// <param name="LengthBytes">Its bytes, newline included.</param>
/// <param name="Lane">Whose it is.</param>
/// <param name="Text">The beginning of its text, without the runtime's prefix.</param>
/// <param name="Terminated">A newline ends it.</param>
internal sealed record LineOnDisk(long OffsetBytes, int LengthBytes, SubStream Lane, string Text, bool Terminated)
{
    /// <summary>Longer lines are read and cut as the pipeline cuts them by default; only their beginning is shown.</summary>
    private const int MaxLineBytes = 1 << 20;

    private const int UsualBytes = 64 << 10, ShownBytes = 400;

    /// <summary>The line that covers an offset; null when the file is not so long. Throws <see cref="IOException"/>.</summary>
    public static LineOnDisk? Read(ILogFileHandle file, LogFormat format, long offset)
    {
        var reader = new EntryReader(format, MaxLineBytes);
        long start = StartOf(file, offset, reader.MaxPhysicalLineBytes);
        byte[] buffer = new byte[reader.MaxPhysicalLineBytes + 1];
        int read = ReadFully(file, start, buffer);
        if (start + read <= offset) return null;
        LogEntry entry = default;
        int position = 0;
        bool terminated = true;
        // A line longer than a line may be is several: that of the offset is asked for.
        do
        {
            int begin = position;
            if (reader.TryRead(buffer.AsSpan(0, read), ref position, start, endOfFile: false, ref entry)) continue;
            terminated = false;
            position = begin;
            reader.TryRead(buffer.AsSpan(0, read), ref position, start, endOfFile: true, ref entry);
        }
        while (start + position <= offset && terminated);
        string text = Encoding.UTF8.GetString(buffer, entry.TextStart, Math.Min(entry.TextLength, ShownBytes));
        return new LineOnDisk(entry.OffsetBytes, entry.LengthBytes, entry.SubStream, entry.TextLength > ShownBytes ? text + " …" : text, terminated);
    }

    /// <summary>Bytes of a sub-stream's lines in [<paramref name="from"/>, <paramref name="to"/>); <paramref name="from"/> is the beginning of a line. Stops when they are more than <paramref name="most"/>.</summary>
    public static long LaneBytes(ILogFileHandle file, LogFormat format, SubStream lane, long from, long to, long most)
    {
        var reader = new EntryReader(format, MaxLineBytes);
        byte[] buffer = new byte[reader.MaxPhysicalLineBytes + 1];
        long bytes = 0;
        for (long at = from; at < to && bytes <= most;)
        {
            int read = ReadFully(file, at, buffer), position = 0;
            LogEntry entry = default;
            while (at + position < to && reader.TryRead(buffer.AsSpan(0, read), ref position, at, endOfFile: read < buffer.Length, ref entry))
                if (entry.SubStream == lane) bytes += entry.LengthBytes;
            if (position == 0) break;
            at += position;
        }
        return bytes;
    }

    // Behind the last newline before the offset.
    private static long StartOf(ILogFileHandle file, long offset, int mostBack)
    {
        foreach (int back in (int[])[UsualBytes, mostBack])
        {
            long from = Math.Max(0, offset - back);
            byte[] before = new byte[offset - from];
            int newline = before.AsSpan(0, ReadFully(file, from, before)).LastIndexOf((byte)'\n');
            if (newline >= 0) return from + newline + 1;
            if (from == 0) return 0;
        }
        return Math.Max(0, offset - mostBack);
    }

    private static int ReadFully(ILogFileHandle file, long offset, Span<byte> destination)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = file.Read(offset + total, destination[total..]);
            if (read == 0) break;
            total += read;
        }
        return total;
    }
}
