using System.Text;
using System.Text.Json;
using LogPipeline.Formats;

namespace LogPipeline.Tests.Formats;

public class JsonStringTests
{
    [Fact]
    public void The_end_of_a_string_is_found_wherever_its_escapes_lie()
    {
        foreach (string escape in new[] { "", "\\\\", "\\\"", "\\n", "\\u00e9", "\\ud83d\\ude00", "\\\\\\\\\\\"" })
        {
            for (int before = 0; before <= 70; before++)
            {
                for (int after = 0; after <= 70; after += 7)
                {
                    string inside = new string('a', before) + escape + new string('b', after);
                    byte[] json = Encoding.UTF8.GetBytes($"\"{inside}\",\"stream\":\"stdout\"");
                    Assert.Equal(inside.Length + 1, JsonScanner.StringEnd(json, 1, out int firstEscape));
                    Assert.Equal(escape.Length == 0 ? -1 : before + 1, firstEscape);
                    Assert.Equal(inside.Length + 1, JsonScanner.StringEnd(json.AsSpan(0, inside.Length + 2), 1, out _));
                    Assert.Equal(-1, JsonScanner.StringEnd(json.AsSpan(0, inside.Length + 1), 1, out _));
                }
            }
        }
    }

    [Theory]
    [InlineData("\\x")]
    [InlineData("\\u12g4")]
    [InlineData("\u0001")]
    [InlineData("\n")]
    public void What_no_string_may_hold_is_found_at_each_place(string fault)
    {
        for (int before = 0; before <= 70; before++)
        {
            byte[] json = Encoding.UTF8.GetBytes("\"" + new string('a', before) + fault + new string('b', 40) + "\"" + new string(' ', 40));
            Assert.Equal(-1, JsonScanner.StringEnd(json, 1, out _));
        }
    }

    [Fact]
    public void Any_text_is_unescaped_as_it_was()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        for (int run = 0; run < 3000; run++)
        {
            string text = Encoding.UTF8.GetString(RandomBytes.Text(random, run % 50 == 0 ? 20_000 : 300));
            byte[] json = Encoding.UTF8.GetBytes(Escaped(text, random));
            Assert.True(JsonScanner.StringEnd(json, 1, out int firstEscape) == json.Length - 1, $"seed {seed}, run {run}");
            Span<byte> inside = json.AsSpan(1, json.Length - 2);
            int length = firstEscape < 0 ? inside.Length : JsonUnescaper.UnescapeInPlace(inside, firstEscape - 1);
            Assert.True(Encoding.UTF8.GetString(inside[..length]) == text, $"seed {seed}, run {run}");
        }
    }

    [Fact]
    public void A_string_copied_in_one_pass_is_what_it_is_in_two()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        byte[] destination = new byte[4096 + JsonUnescaper.Overshoot];
        int copied = 0;
        for (int run = 0; run < 20_000; run++)
        {
            byte[] json = Encoding.UTF8.GetBytes(Escaped(Encoding.UTF8.GetString(RandomBytes.Text(random, run % 50 == 0 ? 6000 : 300)), random) + new string(' ', random.Next(40, 90)));
            if (random.Next(3) == 0) json[random.Next(json.Length)] = (byte)"\\\"\nux0d\u0001"[random.Next(8)];
            int end = JsonScanner.StringEnd(json, 1, out int firstEscape);
            string context = $"seed {seed}, run {run}";
            if (!JsonUnescaper.TryCopy(json, 1, destination, out int copiedEnd, out int length))
            {
                bool mayBeRefused = end < 0 || end > json.Length - JsonUnescaper.Overshoot || end > 4000 || Encoding.UTF8.GetString(json).Contains("\\ud", StringComparison.OrdinalIgnoreCase);
                Assert.True(mayBeRefused, context);
                continue;
            }

            copied++;
            Assert.True(end == copiedEnd, context);
            Span<byte> inside = json.AsSpan(1, end - 1);
            if (firstEscape >= 0) inside = inside[..JsonUnescaper.UnescapeInPlace(inside, firstEscape - 1)];
            Assert.True(inside.SequenceEqual(destination.AsSpan(0, length)), context);
        }

        Assert.InRange(copied, 5000, 20_000);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced_wherever_it_lies()
    {
        for (int before = 0; before <= 140; before++)
        {
            string head = new('a', before);
            byte[] inside = Encoding.ASCII.GetBytes(head + "\\ud83d\\n\\ude00\\ud83d\\ude00");
            int length = JsonUnescaper.UnescapeInPlace(inside, before);
            Assert.Equal(head + "\ufffd\n\ufffd\ud83d\ude00", Encoding.UTF8.GetString(inside.AsSpan(0, length)));
        }
    }

    // Now by the framework, which writes \u escapes for what is not ASCII, now with as few escapes as docker writes.
    private static string Escaped(string text, Random random)
    {
        if (random.Next(2) == 0) return $"\"{JsonEncodedText.Encode(text)}\"";
        var json = new StringBuilder("\"");
        foreach (char letter in text)
        {
            json.Append(letter switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", < ' ' => $"\\u{(int)letter:x4}", _ => letter.ToString() });
        }
        return json.Append('"').ToString();
    }
}
