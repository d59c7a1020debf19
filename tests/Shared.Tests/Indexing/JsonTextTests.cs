using System.Text;
using System.Text.Json;
using LogPipeline.Indexing;
using LogPipeline.Tests.Formats;

namespace LogPipeline.Tests.Indexing;

public class JsonTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("say \"hi\"", "say \\\"hi\\\"")]
    [InlineData("C:\\tmp", "C:\\\\tmp")]
    [InlineData("a\n\tb\r\b\f", "a\\n\\tb\\r\\b\\f")]
    [InlineData("\0\u001b[32m\u001f", "\\u0000\\u001b[32m\\u001f")]
    [InlineData("résumé ✓ 日本語", "résumé ✓ 日本語")]
    public void Only_what_json_forbids_is_escaped(string text, string expected)
    {
        Assert.True(TryAppend(Encoding.UTF8.GetBytes(text), out string written));
        Assert.Equal(expected, written);
    }

    [Fact]
    public void An_escape_at_each_place_of_texts_of_each_length_moves_nothing_else()
    {
        for (int length = 1; length <= 140; length++)
        {
            for (int place = 0; place < length; place++)
            {
                byte[] text = new byte[length];
                for (int i = 0; i < length; i++) text[i] = (byte)('a' + (i % 26));
                text[place] = (byte)'"';
                Assert.True(TryAppend(text, out string written));
                Assert.Equal(Encoding.ASCII.GetString(text).Replace("\"", "\\\"", StringComparison.Ordinal), written);
            }
        }
    }

    [Fact]
    public void Any_text_reads_back_as_it_was()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int run = 0; run < 3000; run++)
        {
            byte[] text = RandomBytes.Text(random, run % 50 == 0 ? 20_000 : 300);
            bool valid = TryAppend(text, out string written);
            string expected = Encoding.UTF8.GetString(text);
            Assert.True(Read(written) == expected, $"seed {seed}, run {run}");
            Assert.True(valid == Encoding.UTF8.GetBytes(expected).AsSpan().SequenceEqual(text), $"seed {seed}, run {run}");
        }
    }

    [Fact]
    public void A_character_that_is_cut_off_at_the_end_of_the_text_is_replaced()
    {
        Assert.False(TryAppend([.. "0123456789012345678901234567890123456789 \u20ac"u8[..^1]], out string written));
        Assert.Equal("0123456789012345678901234567890123456789 \ufffd", written);
    }

    [Fact]
    public void A_text_longer_than_the_body_has_room_for_makes_it_grow()
    {
        byte[] text = [.. Enumerable.Repeat((byte)1, 100_000)];
        Assert.True(TryAppend(text, out string written));
        Assert.Equal(600_000, written.Length);
        Assert.Equal(text, Encoding.UTF8.GetBytes(Read(written)));
    }

    private static bool TryAppend(ReadOnlySpan<byte> text, out string written)
    {
        using BulkBody body = new("t", 16);
        bool valid = JsonText.Append(body, text);
        written = Encoding.UTF8.GetString(body.Written.Span);
        return valid;
    }

    private static string Read(string inside)
    {
        using JsonDocument document = JsonDocument.Parse($"\"{inside}\"");
        return document.RootElement.GetString()!;
    }
}
