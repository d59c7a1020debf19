using System.Text;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Formats;

/// <summary>An entry with a copy of its text, as it compares in tests.</summary>
internal sealed record ReadEntry(SubStream SubStream, EntryFlags Flags, long TimestampNanos, long OffsetBytes, int LengthBytes, string Text)
{
    public bool Has(EntryFlags flag) => (Flags & flag) != 0;

    /// <summary>The text's bytes, one char each.</summary>
    public byte[] TextBytes => Encoding.Latin1.GetBytes(Text);
}

/// <summary>Reads whole files through an <see cref="EntryReader"/> as a tailer does: a chunk at a time, the rest of a line carried over.</summary>
internal static class EntryReading
{
    public static List<ReadEntry> ReadWhole(LogFormat format, string file, int maxLineBytes = 1024 * 1024) =>
        ReadWhole(format, Encoding.UTF8.GetBytes(file), maxLineBytes);

    public static List<ReadEntry> ReadWhole(LogFormat format, byte[] file, int maxLineBytes = 1024 * 1024) =>
        Read(format, file, maxLineBytes, _ => int.MaxValue);

    /// <summary>Reads with chunks of random sizes, some of them a few bytes.</summary>
    public static List<ReadEntry> ReadInRandomChunks(LogFormat format, byte[] file, Random random, int maxLineBytes = 1024 * 1024) =>
        Read(format, file, maxLineBytes, available => random.Next(3) switch
        {
            0 => random.Next(1, 8),
            1 => random.Next(1, 300),
            _ => random.Next(1, Math.Max(available, 2)),
        });

    private static List<ReadEntry> Read(LogFormat format, byte[] file, int maxLineBytes, Func<int, int> readSize)
    {
        var reader = new EntryReader(format, maxLineBytes);
        var entries = new List<ReadEntry>();
        byte[] buffer = new byte[reader.MaxPhysicalLineBytes + 1];
        int filled = 0;
        int fileOffset = 0;
        while (true)
        {
            int size = Math.Min(Math.Min(readSize(file.Length - fileOffset), buffer.Length - filled), file.Length - fileOffset);
            file.AsSpan(fileOffset, size).CopyTo(buffer.AsSpan(filled));
            long chunkOffset = fileOffset - filled;
            fileOffset += size;
            filled += size;

            bool end = fileOffset == file.Length;
            int position = 0;
            LogEntry entry = default;
            Span<byte> chunk = buffer.AsSpan(0, filled);
            while (reader.TryRead(chunk, ref position, chunkOffset, end, ref entry)) entries.Add(Copy(entry, chunk));
            Assert.True(position > 0 || filled < buffer.Length, "A full buffer always holds a line.");
            chunk[position..].CopyTo(buffer);
            filled -= position;
            if (!end) continue;
            Assert.Equal(0, filled);
            return entries;
        }
    }

    public static ReadEntry Copy(in LogEntry entry, ReadOnlySpan<byte> chunk) => new(
        entry.SubStream, entry.Flags, entry.TimestampNanos, entry.OffsetBytes, entry.LengthBytes,
        Encoding.Latin1.GetString(chunk.Slice(entry.TextStart, entry.TextLength)));

    /// <summary>What a sub-stream's process wrote: partials glued, a newline behind each whole line.</summary>
    public static byte[] Written(IEnumerable<ReadEntry> entries, SubStream subStream)
    {
        using var written = new MemoryStream();
        foreach (ReadEntry entry in entries.Where(e => e.SubStream == subStream))
        {
            written.Write(entry.TextBytes);
            if (!entry.Has(EntryFlags.Partial)) written.WriteByte((byte)'\n');
        }

        return written.ToArray();
    }
}
