using System.Globalization;
using System.Text;

namespace LogPipeline.Local.Running.Benching;

/// <summary>Logs of containers for <c>bench</c>: CRI lines of about 200 bytes, half of them JSON objects; the same bytes for the same size and number of files.</summary>
internal static class BenchLogs
{
    private const int Texts = 4096;

    // Always of the same length, so that it can be overwritten in place.
    private const int TimestampBytes = 30;

    private static readonly DateTime Begin = new(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);

    private static readonly string[] Words = "order user session cache token payment invoice cart request upstream retry shard segment commit flush worker queue batch tenant region timeout latency handler".Split(' ');

    /// <summary>The files that <see cref="Write"/> writes.</summary>
    public static string Glob(string folder) => Path.Join(folder, "pods", "*", "*", "*.log");

    /// <summary>Writes files of a kubelet's layout into a folder. Throws <see cref="IOException"/>.</summary>
    /// <returns>Lines written.</returns>
    public static long Write(string folder, long bytes, int files)
    {
        byte[][] lines = Lines();
        long written = 0, number = 0;
        for (int file = 0; file < files; file++)
        {
            string container = Path.Join(folder, "pods", string.Create(CultureInfo.InvariantCulture, $"bench_app-{file}_0a1b2c3d-0000-4000-8000-{file:000000000000}"), "app");
            Directory.CreateDirectory(container);
            using var log = new FileStream(Path.Join(container, "0.log"), FileMode.CreateNew, FileAccess.Write, FileShare.Read, 1 << 20);
            for (long end = bytes / files * (file + 1); written < end; number++)
            {
                byte[] line = lines[number % Texts];
                // A fraction of nine digits; a line each 100 microseconds.
                Begin.AddTicks(number * 1000).TryFormat(line, out _, "yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture);
                log.Write(line);
                written += line.Length;
            }
        }
        return number;
    }

    private static byte[][] Lines()
    {
        var random = new Random(20261120);
        return [.. Enumerable.Range(0, Texts).Select(_ => Encoding.UTF8.GetBytes($"{new string('0', TimestampBytes - 3)}00Z {(random.Next(10) == 0 ? "stderr" : "stdout")} F {Text(random)}\n"))];
    }

    private static string Text(Random random)
    {
        string sentence = string.Join(' ', Enumerable.Range(0, random.Next(6, 12)).Select(_ => Words[random.Next(Words.Length)]));
        string level = random.Next(10) switch { 0 => "WARN", 1 or 2 => "DEBUG", _ => "INFO" };
        return random.Next(2) == 0
            ? $"{{\"level\":\"{level.ToLowerInvariant()}\",\"logger\":\"c.e.shop.OrderService\",\"msg\":\"{sentence}\",\"user\":\"u{random.Next(99_999)}\",\"dur_ms\":{random.Next(5_000)}}}"
            : $"{level} [http-{random.Next(32)}] c.e.auth.TokenFilter : {sentence}";
    }
}
