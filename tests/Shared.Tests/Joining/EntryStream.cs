using System.Text;
using LogPipeline.Formats;
using LogPipeline.Joining;
using LogPipeline.Tailing;

namespace LogPipeline.Tests.Joining;

/// <summary>
/// Entries of one stream with their text, and a way to feed them to a joiner in chunks whose buffers are destroyed afterwards, as a
/// tailer's are.
/// </summary>
internal sealed class EntryStream
{
    private readonly List<(LogEntry Entry, byte[] Text, long File)> _entries = [];
    private long _offset;

    public int Count => _entries.Count;

    public IEnumerable<LogEntry> Entries => _entries.Select(e => e.Entry);

    public long File { get; private set; }

    public StreamPosition StartOf(int index) => new(_entries[index].File, _entries[index].Entry.OffsetBytes);

    public StreamPosition EndOf(int index) => new(_entries[index].File, _entries[index].Entry.OffsetBytes + _entries[index].Entry.LengthBytes);

    public SubStream LaneOf(int index) => _entries[index].Entry.SubStream;

    public string TextOf(int index) => Encoding.Latin1.GetString(_entries[index].Text);

    public void NextFile()
    {
        File++;
        _offset = 0;
    }

    public EntryStream Add(string text, SubStream lane = SubStream.Stdout, EntryFlags flags = EntryFlags.None, long time = LogEntry.NoTimestamp) =>
        Add(Encoding.UTF8.GetBytes(text), lane, flags, time, text.Length + 40);

    public EntryStream Add(byte[] text, SubStream lane, EntryFlags flags, long time, int length)
    {
        _entries.Add((new LogEntry { SubStream = lane, Flags = flags, TimestampNanos = time, OffsetBytes = _offset, LengthBytes = length, TextLength = text.Length }, text, File));
        _offset += length;
        return this;
    }

    /// <summary>Splits CRI content: <c>time stream flag text</c>. Whole lines only.</summary>
    public static EntryStream OfCri(byte[] content)
    {
        var stream = new EntryStream();
        for (int start = 0; start < content.Length;)
        {
            int end = Array.IndexOf(content, (byte)'\n', start);
            ReadOnlySpan<byte> line = content.AsSpan(start, end - start);
            int first = line.IndexOf((byte)' ');
            int second = first + 1 + line[(first + 1)..].IndexOf((byte)' ');
            SubStream lane = line[(first + 1)..second].SequenceEqual("stdout"u8) ? SubStream.Stdout : SubStream.Stderr;
            EntryFlags flags = line[second + 1] == 'P' ? EntryFlags.Partial : EntryFlags.None;
            stream.Add(line[(second + 3)..].ToArray(), lane, flags, Nanos(Encoding.ASCII.GetString(line[..first])), end + 1 - start);
            start = end + 1;
        }

        return stream;
    }

    /// <summary>Feeds entries [from, to) in chunks of the given size, skipping those of a lane before its own place.</summary>
    public void Feed(
        RecordJoiner joiner, List<CollectedRecord> records, int from, int to, Func<int> chunkSize,
        Func<SubStream, StreamPosition>? resumeAt = null, IReadOnlySet<(SubStream, StreamPosition)>? cuts = null)
    {
        var sink = new RecordCollector(records);
        while (from < to)
        {
            int size = Math.Min(Math.Max(1, chunkSize()), to - from);
            byte[] chunk = new byte[_entries.Skip(from).Take(size).Sum(e => e.Text.Length + 3)];
            int at = 0;
            for (int i = from; i < from + size; i++)
            {
                (LogEntry entry, byte[] text, long file) = _entries[i];
                at += 3;
                text.CopyTo(chunk, at);
                entry.TextStart = at;
                at += text.Length;
                if (resumeAt is not null && StartOf(i) < resumeAt(entry.SubStream)) continue;
                joiner.Add(entry, chunk, file, ref sink);
                if (cuts is null || !cuts.Contains((entry.SubStream, EndOf(i)))) continue;
                joiner.EndChunk(chunk);
                joiner.Cut(entry.SubStream, ref sink);
            }

            joiner.EndChunk(chunk);
            Array.Fill(chunk, (byte)'#');
            from += size;
        }
    }

    /// <summary>All records of the stream, to its end.</summary>
    public List<CollectedRecord> Join(JoiningRule rule, Func<int>? chunkSize = null, IReadOnlySet<(SubStream, StreamPosition)>? cuts = null)
    {
        var records = new List<CollectedRecord>();
        var joiner = new RecordJoiner(rule);
        Feed(joiner, records, 0, Count, chunkSize ?? (() => int.MaxValue), null, cuts);
        var sink = new RecordCollector(records);
        joiner.End(ref sink);
        return records;
    }

    private static long Nanos(string time)
    {
        string[] parts = time.TrimEnd('Z').Split('.');
        long seconds = DateTimeOffset.Parse(parts[0] + "Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        return (seconds * 1_000_000_000) + (parts.Length > 1 ? long.Parse(parts[1].PadRight(9, '0'), System.Globalization.CultureInfo.InvariantCulture) : 0);
    }
}
