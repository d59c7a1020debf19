using System.Text;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Formats;

public sealed class EntryReaderTests
{
    private const string Time = "2026-11-20T16:40:10.5Z";
    private const long TimeNanos = 1_795_192_810_500_000_000;

    [Fact]
    public void A_cri_line_says_when_where_and_what()
    {
        ReadEntry entry = Assert.Single(EntryReading.ReadWhole(LogFormat.Cri, $"{Time} stderr F out of cheese\n"));
        Assert.Equal(new ReadEntry(SubStream.Stderr, EntryFlags.None, TimeNanos, 0, 46, "out of cheese"), entry);
    }

    [Fact]
    public void A_docker_line_says_when_where_and_what()
    {
        string line = $$"""{"log":"out of cheese\n","stream":"stderr","time":"{{Time}}"}""" + "\n";
        ReadEntry entry = Assert.Single(EntryReading.ReadWhole(LogFormat.Docker, line));
        Assert.Equal(new ReadEntry(SubStream.Stderr, EntryFlags.None, TimeNanos, 0, line.Length, "out of cheese"), entry);
    }

    [Fact]
    public void The_byte_order_mark_at_a_plain_files_beginning_is_counted_and_is_no_text()
    {
        List<ReadEntry> entries = EntryReading.ReadWhole(LogFormat.Plain, "\uFEFFfirst\r\n\uFEFFsecond\n");
        Assert.Equal(["first", "\uFEFFsecond"], entries.Select(e => Encoding.UTF8.GetString(e.TextBytes)));
        Assert.Equal([(0, 10), (10, 10)], entries.Select(e => ((int)e.OffsetBytes, e.LengthBytes)));
        Assert.Equal("", Assert.Single(EntryReading.ReadWhole(LogFormat.Plain, "\uFEFF\n")).Text);
    }

    [Fact]
    public void A_plain_line_is_all_text()
    {
        ReadEntry entry = Assert.Single(EntryReading.ReadWhole(LogFormat.Plain, "out of cheese\n"));
        Assert.Equal(new ReadEntry(SubStream.None, EntryFlags.None, LogEntry.NoTimestamp, 0, 14, "out of cheese"), entry);
    }

    [Fact]
    public void Offsets_and_lengths_tile_the_file_from_the_chunks_offset_on()
    {
        var reader = new EntryReader(LogFormat.Plain, 100);
        byte[] chunk = "xxone\n\r\n\nfour\n"u8.ToArray();
        int position = 2;
        LogEntry entry = default;
        var seen = new List<(long, int, string)>();
        while (reader.TryRead(chunk, ref position, 5_000_000_000, endOfFile: false, ref entry))
        {
            ReadEntry copy = EntryReading.Copy(entry, chunk);
            seen.Add((copy.OffsetBytes, copy.LengthBytes, copy.Text));
        }

        Assert.Equal([(5_000_000_002, 4, "one"), (5_000_000_006, 2, ""), (5_000_000_008, 1, ""), (5_000_000_009, 5, "four")], seen);
        Assert.Equal(chunk.Length, position);
    }

    [Theory]
    [InlineData(LogFormat.Plain)]
    [InlineData(LogFormat.Cri)]
    [InlineData(LogFormat.Docker)]
    public void Torn_last_line_waits_for_its_newline(LogFormat format)
    {
        var reader = new EntryReader(format, 100);
        byte[] chunk = Encoding.ASCII.GetBytes($"{Time} stdout F torn");
        int position = 3;
        LogEntry entry = default;
        Assert.False(reader.TryRead(chunk, ref position, 0, endOfFile: false, ref entry));
        Assert.Equal(3, position);
        Assert.Equal(default, entry);
    }

    [Theory]
    [InlineData(LogFormat.Plain, "torn\r", EntryFlags.None, "torn\r")]
    [InlineData(LogFormat.Cri, Time + " stdout P torn", EntryFlags.Partial, "torn")]
    [InlineData(LogFormat.Cri, Time + " stdout", EntryFlags.FormatError, Time + " stdout")]
    [InlineData(LogFormat.Docker, """{"log":"a\n","stream":"stdout","time":"2026-11-20T16:40:10.5Z"}""", EntryFlags.None, "a")]
    [InlineData(LogFormat.Docker, """{"log":"a\n","stream":"stdout","time":"2026-11-2""", EntryFlags.FormatError, """{"log":"a\n","stream":"stdout","time":"2026-11-2""")]
    public void At_the_end_of_the_file_the_unterminated_rest_is_a_line(LogFormat format, string rest, EntryFlags flags, string text)
    {
        ReadEntry entry = Assert.Single(EntryReading.ReadWhole(format, rest));
        Assert.Equal((flags, text, rest.Length), (entry.Flags, entry.Text, entry.LengthBytes));
    }

    [Theory]
    [InlineData(LogFormat.Plain)]
    [InlineData(LogFormat.Cri)]
    [InlineData(LogFormat.Docker)]
    public void An_empty_file_has_no_lines(LogFormat format) => Assert.Empty(EntryReading.ReadWhole(format, ""));

    [Theory]
    [InlineData("a\r\n", "a")]
    [InlineData("\r\n", "")]
    [InlineData("a\r\r\n", "a\r")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("\n", "")]
    [InlineData("nul\0 and \u00FF\n", "nul\0 and \u00C3\u00BF")]
    public void A_plain_line_keeps_every_byte_but_its_line_end(string line, string text) =>
        Assert.Equal(text, Assert.Single(EntryReading.ReadWhole(LogFormat.Plain, line)).Text);

    [Theory]
    [InlineData(" stdout F ", SubStream.Stdout, EntryFlags.None, "")]
    [InlineData(" stdout F", SubStream.Stdout, EntryFlags.None, "")]
    [InlineData(" stdout P", SubStream.Stdout, EntryFlags.Partial, "")]
    [InlineData(" stderr P part", SubStream.Stderr, EntryFlags.Partial, "part")]
    [InlineData(" stdout F  two  blanks ", SubStream.Stdout, EntryFlags.None, " two  blanks ")]
    [InlineData(" stdout F:tag text", SubStream.Stdout, EntryFlags.None, "text")]
    [InlineData(" stdout P:tag:other text: more", SubStream.Stdout, EntryFlags.Partial, "text: more")]
    [InlineData(" stdout F:tag", SubStream.Stdout, EntryFlags.None, "")]
    [InlineData(" stdout F: text", SubStream.Stdout, EntryFlags.None, "text")]
    [InlineData(" stdout F carriage return\r", SubStream.Stdout, EntryFlags.None, "carriage return\r")]
    [InlineData(" stdout F a\0b", SubStream.Stdout, EntryFlags.None, "a\0b")]
    public void A_cri_line_has_flag_tags_and_text(string rest, SubStream subStream, EntryFlags flags, string text)
    {
        ReadEntry entry = Assert.Single(EntryReading.ReadWhole(LogFormat.Cri, Time + rest + "\n"));
        Assert.Equal((subStream, flags, text, TimeNanos), (entry.SubStream, entry.Flags, entry.Text, entry.TimestampNanos));
    }

    [Theory]
    [InlineData(LogFormat.Cri, "")]
    [InlineData(LogFormat.Cri, "\r")]
    [InlineData(LogFormat.Cri, "no time at all\r")]
    [InlineData(LogFormat.Cri, Time)]
    [InlineData(LogFormat.Cri, Time + " ")]
    [InlineData(LogFormat.Cri, Time + " stdin F text")]
    [InlineData(LogFormat.Cri, Time + " stdout X text")]
    [InlineData(LogFormat.Cri, Time + " stdout FF text")]
    [InlineData(LogFormat.Cri, Time + " stdout F\ttext")]
    [InlineData(LogFormat.Cri, Time + "  stdout F text")]
    [InlineData(LogFormat.Cri, "2026-11-20T16:40:10.1234567890Z stdout F text")]
    [InlineData(LogFormat.Docker, "")]
    [InlineData(LogFormat.Docker, "plain text")]
    [InlineData(LogFormat.Docker, "{}")]
    [InlineData(LogFormat.Docker, "[]")]
    [InlineData(LogFormat.Docker, """{"log":"\u0041\n","stream":"stdout"}""")]
    [InlineData(LogFormat.Docker, """{"log":"\u0041\n","time":"2026-11-20T16:40:10.5Z"}""")]
    [InlineData(LogFormat.Docker, """{"stream":"stdout","time":"2026-11-20T16:40:10.5Z"}""")]
    [InlineData(LogFormat.Docker, """{"log":"\u0041\n","stream":"stdin","time":"2026-11-20T16:40:10.5Z"}""")]
    [InlineData(LogFormat.Docker, """{"log":"\u0041\n","stream":"stdout","time":"yesterday"}""")]
    [InlineData(LogFormat.Docker, """{"log":"\u0041\n","stream":"stdout","time":"2026-11-20T16:40:10.5Z "}""")]
    [InlineData(LogFormat.Docker, """{"log":["\u0041\n"],"stream":"stdout","time":"2026-11-20T16:40:10.5Z"}""")]
    [InlineData(LogFormat.Docker, """{"log":"\u0041\n","stream":"stdout","time":"2026-11-20T16:40:10.5Z"} x""")]
    [InlineData(LogFormat.Docker, """{"log":"\u0041\n","stream":"stdout","time":"2026-11-20T16:40:10.5Z",}""")]
    [InlineData(LogFormat.Docker, """{"log":"\u0041\n","stream":"stdout","time":"2026-11-20T16:40:10.5Z"}{}""")]
    [InlineData(LogFormat.Docker, """{"log":"\u0041\n","stream":"stdout","attrs":{"a":},"time":"2026-11-20T16:40:10.5Z"}""")]
    public void A_line_that_fits_no_grammar_is_kept_as_it_is(LogFormat format, string line)
    {
        ReadEntry entry = Assert.Single(EntryReading.ReadWhole(format, line + "\n"));
        Assert.Equal(new ReadEntry(SubStream.None, EntryFlags.FormatError, LogEntry.NoTimestamp, 0, line.Length + 1, line), entry);
    }

    [Fact]
    public void Lines_behind_one_that_fits_no_grammar_are_read_as_ever()
    {
        List<ReadEntry> entries = EntryReading.ReadWhole(LogFormat.Cri, $"garbage\n{Time} stdout F good\n");
        Assert.Equal(["garbage", "good"], entries.Select(e => e.Text));
        Assert.Equal([EntryFlags.FormatError, EntryFlags.None], entries.Select(e => e.Flags));
    }

    [Theory]
    [InlineData(LogFormat.Plain)]
    [InlineData(LogFormat.Cri)]
    [InlineData(LogFormat.Docker)]
    public void Reading_allocates_nothing(LogFormat format)
    {
        string docker = $$"""{"log":"\"quoted\"\n","stream":"stdout","attrs":{"a":[1]},"time":"{{Time}}"}""";
        byte[] file = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"{Time} stdout F text\n{docker}\ngarbage\n", 100)));
        var reader = new EntryReader(format, 100);
        ReadAll(reader, [.. file]); // first use fills what is static

        long before = GC.GetAllocatedBytesForCurrentThread();
        int entries = ReadAll(reader, file);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(300, entries);

        static int ReadAll(EntryReader reader, byte[] chunk)
        {
            int entries = 0, position = 0;
            LogEntry entry = default;
            while (reader.TryRead(chunk, ref position, 0, endOfFile: true, ref entry)) entries++;
            return entries;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(EntryReader.MinLineBytes - 1)]
    [InlineData(EntryReader.MaxLineBytes + 1)]
    public void A_limit_out_of_bounds_is_refused(int maxLineBytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EntryReader(LogFormat.Plain, maxLineBytes));

    [Theory]
    [InlineData(LogFormat.Plain, EntryReader.MaxLineBytes, EntryReader.MaxLineBytes)]
    [InlineData(LogFormat.Plain, 10, 10)]
    [InlineData(LogFormat.Cri, 10, (16 * 1024) + 1024)]
    [InlineData(LogFormat.Cri, 1 << 20, (1 << 20) + 1024)]
    [InlineData(LogFormat.Docker, 10, (6 * 16 * 1024) + (64 * 1024))]
    [InlineData(LogFormat.Docker, 1 << 20, (6 << 20) + (64 * 1024))]
    [InlineData(LogFormat.Docker, EntryReader.MaxLineBytes, (6 * EntryReader.MaxLineBytes) + (64 * 1024))]
    public void A_physical_line_may_be_as_long_as_its_format_makes_the_longest_text(LogFormat format, int maxLineBytes, int expected) =>
        Assert.Equal(expected, new EntryReader(format, maxLineBytes).MaxPhysicalLineBytes);
}
