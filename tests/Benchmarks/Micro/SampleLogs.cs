using System.Globalization;
using System.Text;

namespace LogPipeline.Benchmarks.Micro;

/// <summary>What the benchmarks read: the same bytes in every run.</summary>
internal static class SampleLogs
{
    public const int Lines = 1000;

    private static readonly string[] Words = "order user session cache token payment invoice cart request upstream retry shard segment commit flush worker queue batch tenant region".Split(' ');

    /// <summary>Half of the texts are JSON objects of an application's logger, half are plain lines with a severity.</summary>
    public static byte[][] Texts { get; } = [.. Enumerable.Range(0, Lines).Select(Text)];

    public static byte[][] JsonTexts { get; } = [.. Texts.Where(text => text[0] == '{')];

    /// <summary>With letters of two to four bytes in every text.</summary>
    public static byte[][] Utf8Texts { get; } = [.. Enumerable.Range(0, Lines).Select(number => Encoding.UTF8.GetBytes($"{Sentence(new Random(number))} Größe 価格 🙂 {Sentence(new Random(number + 1))}"))];

    /// <summary>With bytes that are not UTF-8 in every text.</summary>
    public static byte[][] BrokenTexts { get; } = [.. Utf8Texts.Select(text => (byte[])[.. text, 0xC3, (byte)'(', 0xFF, .. text])];

    /// <summary>Lines as containerd writes them.</summary>
    public static byte[] Cri { get; } = Join(Texts.Select((text, number) => Line($"{Time(number)} {(number % 10 == 0 ? "stderr" : "stdout")} F ", text)));

    /// <summary>Lines as docker's json-file driver writes them; the JSON texts are full of escapes there.</summary>
    public static byte[] Docker { get; } = Join(Texts.Select((text, number) =>
        Line($"{{\"log\":\"{Encoding.UTF8.GetString(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\\n\",\"stream\":\"stdout\",\"time\":\"{Time(number)}\"}}", [])));

    public static byte[] Plain { get; } = Join(Texts.Select(text => Line("", text)));

    /// <summary>Each tenth record is a Java trace of 20 lines; each hundredth is in three parts.</summary>
    public static byte[] Traces { get; } = Join(Enumerable.Range(0, Lines / 4).SelectMany(TraceLines));

    private static IEnumerable<byte[]> TraceLines(int number)
    {
        string prefix = $"{Time(number)} stdout ";
        if (number % 100 == 50)
        {
            yield return Line(prefix + "P ", Encoding.ASCII.GetBytes(new string('x', 16 << 10)));
            yield return Line(prefix + "P ", Encoding.ASCII.GetBytes(new string('y', 16 << 10)));
        }
        yield return Line(prefix + "F ", Texts[number]);
        if (number % 10 != 0) yield break;
        yield return Line(prefix + "F ", "java.lang.IllegalStateException: no cart\n"u8[..^1]);
        for (int frame = 0; frame < 18; frame++) yield return Line(prefix + "F ", Encoding.ASCII.GetBytes($"\tat com.example.shop.Cart.step{frame}(Cart.java:{frame * 7})"));
    }

    private static byte[] Text(int number)
    {
        var random = new Random(number);
        string text = number % 2 == 0
            ? $"{{\"ts\":\"{Time(number)}\",\"level\":\"info\",\"logger\":\"c.e.shop.OrderService\",\"msg\":\"{Sentence(random)}\",\"user\":\"u{random.Next(99_999)}\",\"http\":{{\"method\":\"GET\",\"status\":200}}}}"
            : $"{Time(number)} INFO  [main] c.e.auth.TokenFilter : {Sentence(random)}";
        return Encoding.UTF8.GetBytes(text);
    }

    private static string Sentence(Random random) => string.Join(' ', Enumerable.Range(0, 8).Select(_ => Words[random.Next(Words.Length)]));

    private static string Time(int number) => string.Create(CultureInfo.InvariantCulture, $"2026-11-20T16:00:{number % 60:00}.{number * 1_234_567L % 1_000_000_000:000000000}Z");

    private static byte[] Line(string prefix, ReadOnlySpan<byte> text) => [.. Encoding.UTF8.GetBytes(prefix), .. text, (byte)'\n'];

    private static byte[] Join(IEnumerable<byte[]> lines) => [.. lines.SelectMany(line => line)];
}
