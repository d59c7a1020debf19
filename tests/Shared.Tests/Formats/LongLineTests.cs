using System.Text;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Formats;

public sealed class LongLineTests
{
    private const string CriPrefix = "2026-11-20T16:40:10.5Z stdout ";

    [Theory]
    [InlineData("0123456789\n", "0123456789")]
    [InlineData("012345678\r\n", "012345678")]
    [InlineData("0123456789", "0123456789")]
    public void A_line_of_the_greatest_length_is_whole(string file, string text)
    {
        ReadEntry entry = Assert.Single(EntryReading.ReadWhole(LogFormat.Plain, file, maxLineBytes: 10));
        Assert.Equal((EntryFlags.None, text), (entry.Flags, entry.Text));
    }

    [Fact]
    public void A_longer_plain_line_is_cut_at_the_limit_and_goes_on_in_the_next_entries()
    {
        List<ReadEntry> entries = EntryReading.ReadWhole(LogFormat.Plain, "0123456789abcdefghijKLM\nnext\n", maxLineBytes: 10);
        Assert.Equal(["0123456789", "abcdefghij", "KLM", "next"], entries.Select(e => e.Text));
        Assert.Equal([EntryFlags.Truncated, EntryFlags.Truncated, EntryFlags.None, EntryFlags.None], entries.Select(e => e.Flags));
        Assert.Equal([0L, 10L, 20L, 24L], entries.Select(e => e.OffsetBytes));
    }

    [Theory]
    [InlineData("12345678é\n", 8)] // é from 8 to 9: whole
    [InlineData("123456789é\n", 9)]
    [InlineData("12345678€x\n", 8)]
    [InlineData("123456789€\n", 9)]
    [InlineData("1234567😀x\n", 7)]
    [InlineData("12345678😀\n", 8)]
    [InlineData("123456789😀\n", 9)]
    public void A_cut_does_not_split_a_character(string line, int boundary)
    {
        byte[] file = Encoding.UTF8.GetBytes(line);
        List<ReadEntry> entries = EntryReading.ReadWhole(LogFormat.Plain, file, maxLineBytes: 10);
        if (file.Length - 1 <= 10)
        {
            Assert.Single(entries);
            return;
        }

        Assert.Equal(boundary, entries[0].LengthBytes);
        Assert.Equal(file[..^1], entries.SelectMany(e => e.TextBytes));
    }

    [Fact]
    public void Bytes_that_are_no_characters_are_cut_at_the_limit()
    {
        byte[] file = [.. Enumerable.Repeat((byte)0x80, 25), (byte)'\n'];
        Assert.Equal([10, 10, 6], EntryReading.ReadWhole(LogFormat.Plain, file, maxLineBytes: 10).Select(e => e.LengthBytes));
    }

    [Fact]
    public void A_partial_of_any_size_is_whole_up_to_the_limit()
    {
        foreach (int size in (int[])[0, 1, 16_384, 16_385, 100_000])
        {
            ReadEntry entry = Assert.Single(EntryReading.ReadWhole(LogFormat.Cri, CriPrefix + "P " + new string('x', size) + "\n", maxLineBytes: 100_000));
            Assert.Equal((EntryFlags.Partial, size), (entry.Flags, entry.Text.Length));
        }
    }

    [Theory]
    [InlineData('F', EntryFlags.Truncated)]
    [InlineData('P', EntryFlags.Truncated | EntryFlags.Partial)]
    public void The_first_piece_of_a_cut_cri_line_keeps_its_prefix_and_the_rest_fits_no_grammar(char flag, EntryFlags flags)
    {
        var reader = new EntryReader(LogFormat.Cri, 10);
        int limit = reader.MaxPhysicalLineBytes;
        string file = $"{CriPrefix}{flag} {new string('x', 2 * limit)}\n{CriPrefix}F next\n";
        List<ReadEntry> entries = EntryReading.ReadWhole(LogFormat.Cri, file, maxLineBytes: 10);

        Assert.Equal([flags, EntryFlags.FormatError | EntryFlags.Truncated, EntryFlags.FormatError, EntryFlags.None], entries.Select(e => e.Flags));
        Assert.Equal([limit, limit, CriPrefix.Length + 3], entries.Take(3).Select(e => e.LengthBytes));
        Assert.Equal(SubStream.Stdout, entries[0].SubStream);
        Assert.Equal("next", entries[3].Text);
    }

    [Fact]
    public void Every_piece_of_a_cut_docker_line_is_kept_as_it_is()
    {
        int limit = new EntryReader(LogFormat.Docker, 10).MaxPhysicalLineBytes;
        string line = "{\"log\":\"\\u0041" + new string('x', limit) + "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T16:40:10.5Z\"}";
        List<ReadEntry> entries = EntryReading.ReadWhole(LogFormat.Docker, line + "\n", maxLineBytes: 10);
        Assert.Equal([EntryFlags.FormatError | EntryFlags.Truncated, EntryFlags.FormatError], entries.Select(e => e.Flags));
        Assert.Equal(line, string.Concat(entries.Select(e => e.Text)));
    }

    [Fact]
    public void The_longest_text_fits_whole_however_docker_escapes_it()
    {
        const int MaxLineBytes = 20_000;
        string line = "{\"log\":\"" + string.Concat(Enumerable.Repeat("\\u0001", MaxLineBytes)) + "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-20T16:40:10.5Z\"}\n";
        ReadEntry entry = Assert.Single(EntryReading.ReadWhole(LogFormat.Docker, line, MaxLineBytes));
        Assert.Equal((EntryFlags.None, MaxLineBytes), (entry.Flags, entry.Text.Length));
    }
}
