using System.Text;
using System.Text.Json;
using LogPipeline.Formats;
using LogPipeline.Sources;

namespace LogPipeline.Tests.Formats;

public sealed class DockerLogTests
{
    private const string Rest = ",\"stream\":\"stdout\",\"time\":\"2026-11-20T16:40:10.5Z\"}";

    [Theory]
    [InlineData("""tab\tquote\"back\\slash\/\b\f\r end\n""", "tab\tquote\"back\\slash/\b\f\r end")]
    [InlineData("""\u0041\u00e9\u00E9\u20ac\ud83d\ude00\n""", "Aéé€😀")]
    [InlineData("""raw é€😀\n""", "raw é€😀")]
    [InlineData("""nul \u0000 end\n""", "nul \0 end")]
    [InlineData("""\u003cb\u003e\u0026\u2028\n""", "<b>&\u2028")]
    [InlineData("""lone high \ud83d end\n""", "lone high \uFFFD end")]
    [InlineData("""lone low \ude00 end\n""", "lone low \uFFFD end")]
    [InlineData("""high high low \ud83d\ud83d\ude00\n""", "high high low \uFFFD😀")]
    [InlineData("""high then letter \ud83dx\n""", "high then letter \uFFFDx")]
    [InlineData("""high then escape \ud83d\t\n""", "high then escape \uFFFD\t")]
    [InlineData("""high at the end \ud83d""", "high at the end \uFFFD")]
    [InlineData("""a\r\n""", "a")]
    [InlineData("""a\r\r\n""", "a\r")]
    [InlineData("""a\u000d\u000a""", "a")]
    [InlineData("""\n""", "")]
    [InlineData("""two\nlines\n""", "two\nlines")]
    [InlineData("""no escapes at all""", "no escapes at all")]
    public void Escapes_become_what_they_stand_for(string log, string text)
    {
        ReadEntry entry = Read($"{{\"log\":\"{log}\"{Rest}");
        Assert.Equal(text, Encoding.UTF8.GetString(entry.TextBytes));
        Assert.False(entry.Has(EntryFlags.FormatError));
    }

    [Theory]
    [InlineData("""no newline""", true)]
    [InlineData("", true)]
    [InlineData("""ends in a return\r""", true)]
    [InlineData("""ends in backslash n\\n""", true)]
    [InlineData("""newline\n""", false)]
    [InlineData("""backslash and newline\\\n""", false)]
    [InlineData("""newline by number\u000A""", false)]
    public void A_log_without_a_final_newline_is_partial(string log, bool partial) =>
        Assert.Equal(partial, Read($"{{\"log\":\"{log}\"{Rest}").Has(EntryFlags.Partial));

    [Theory]
    [InlineData("""{"time":"2026-11-20T16:40:10.5Z","stream":"stderr","log":"text\n"}""")]
    [InlineData("""{"stream":"stderr","log":"text\n","attrs":{"tag":"a","x":{"log":"no"}},"time":"2026-11-20T16:40:10.5Z"}""")]
    [InlineData(""" { "log" : "text\n" , "stream" : "stderr" , "time" : "2026-11-20T16:40:10.5Z" } """)]
    [InlineData("""{"other":[1,-2.5e+3,true,false,null,"\"",[],{},[{"a":[]}]],"log":"text\n","stream":"stderr","time":"2026-11-20T17:40:10.5+01:00"}""")]
    [InlineData("""{"log":"first\n","stream":"stdout","stream":"stderr","log":"text\n","time":"2026-11-20T16:40:10.5Z"}""")]
    public void Members_come_in_any_order_among_others(string line)
    {
        ReadEntry entry = Read(line);
        Assert.Equal((SubStream.Stderr, "text", 1_795_192_810_500_000_000), (entry.SubStream, entry.Text, entry.TimestampNanos));
    }

    [Theory]
    [InlineData("""\x""")]
    [InlineData("""\u12""")]
    [InlineData("""\u12g4""")]
    [InlineData("\\")]
    [InlineData("a\tb")]
    [InlineData("a\0b")]
    public void An_escape_or_a_control_byte_that_json_has_not_makes_a_line_of_no_grammar(string log)
    {
        string line = $"{{\"log\":\"\\u0041{log}\"{Rest}";
        ReadEntry entry = Read(line);
        Assert.Equal((EntryFlags.FormatError, line), (entry.Flags, entry.Text));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_stay_as_they_are()
    {
        byte[] line = [.. "{\"log\":\"\\t"u8, 0xFF, 0x80, .. "\\n\""u8, .. Encoding.ASCII.GetBytes(Rest)];
        Assert.Equal([(byte)'\t', 0xFF, 0x80], Assert.Single(EntryReading.ReadWhole(LogFormat.Docker, line)).TextBytes);
    }

    [Fact]
    public void Unescaped_text_is_what_a_json_parser_reads()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int i = 0; i < 5_000; i++)
        {
            string line = $"{{\"log\":\"{RandomJsonString(random)}\\n\"{Rest}";
            using JsonDocument expected = JsonDocument.Parse(line);
            ReadEntry entry = Read(line);
            Assert.True(TextOf(expected.RootElement.GetProperty("log").GetString()!) == Encoding.UTF8.GetString(entry.TextBytes), $"seed {seed}: {line}");
        }
    }

    [Fact]
    public void What_a_json_parser_refuses_is_kept_as_it_is_and_nothing_else()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        const string Valid = """{"log":"a\u0041\n\"","stream":"stdout","attrs":{"a":[1,2.5e-1,0,{"b":null}],"c":"\\"},"time":"2026-11-20T16:40:10.5Z"}""";
        const string Alphabet = "{}[]\":,\\ 0123456789.eE+-truefalsnu\t\0x";
        int refused = 0;
        for (int i = 0; i < 5_000; i++)
        {
            var changed = new StringBuilder(Valid);
            for (int edits = random.Next(1, 3); edits > 0; edits--)
            {
                int place = random.Next(changed.Length);
                if (random.Next(2) == 0) changed.Remove(place, Math.Min(random.Next(1, 4), changed.Length - place));
                else changed[place] = Alphabet[random.Next(Alphabet.Length)];
            }

            string line = changed.ToString();
            string? log = LogOf(line);
            ReadEntry entry = Read(line);
            string message = $"seed {seed}: {line}";
            Assert.True((log is null) == entry.Has(EntryFlags.FormatError), message);
            Assert.True((log is null ? line : TextOf(log)) == Encoding.UTF8.GetString(entry.TextBytes), message);
            if (log is null) refused++;
        }

        Assert.InRange(refused, 1, 4_999);
    }

    private static ReadEntry Read(string line) => Assert.Single(EntryReading.ReadWhole(LogFormat.Docker, line + "\n", maxLineBytes: 1000));

    /// <summary>The text of a <c>log</c>: without its line end.</summary>
    private static string TextOf(string log) =>
        log.EndsWith("\r\n", StringComparison.Ordinal) ? log[..^2] : log.EndsWith('\n') ? log[..^1] : log;

    /// <summary>The value of <c>log</c>, or null when the line is none of docker's, as a JSON parser sees it.</summary>
    private static string? LogOf(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("log", out JsonElement log) && log.ValueKind == JsonValueKind.String
                && root.TryGetProperty("stream", out JsonElement stream) && stream.ValueKind == JsonValueKind.String && stream.GetString() is "stdout" or "stderr"
                && root.TryGetProperty("time", out JsonElement time) && time.ValueKind == JsonValueKind.String
                && Rfc3339Nano.TryParse(Encoding.UTF8.GetBytes(time.GetString()!), out _, out int length) && length == time.GetString()!.Length
                ? log.GetString() : null;
        }
        catch (JsonException)
        {
            return null; // not JSON: the line is no record of docker's
        }
    }

    private static string RandomJsonString(Random random)
    {
        string[] pieces = ["a", "text ", "é", "€", "😀", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000", "\\u0041", "\\u00e9", "\\u20AC", "\\ud83d\\ude00", "\\uD83D\\uDE00", "\\uffff", "\u007f"];
        return string.Concat(Enumerable.Range(0, random.Next(0, 40)).Select(_ => pieces[random.Next(pieces.Length)]));
    }
}
