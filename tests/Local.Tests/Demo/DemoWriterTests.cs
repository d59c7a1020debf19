using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LogPipeline.Configuration;
using LogPipeline.Local.Demo;

namespace LogPipeline.Tests.Demo;

public sealed partial class DemoWriterTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 16, 40, 10, TimeSpan.Zero);

    private readonly string _folder = DemoWriter.CreateFolder();
    private readonly ManualTime _time = new(Start);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void History_fills_the_last_fifteen_minutes_with_about_two_thousand_lines()
    {
        using var writer = History();
        var times = Lines().Select(line => line.Time).ToList();

        Assert.InRange(times.Count, 1_700, 2_400);
        Assert.InRange(times.Min(), Start.UtcDateTime.AddMinutes(-15), Start.UtcDateTime.AddMinutes(-14));
        Assert.InRange(times.Max(), Start.UtcDateTime.AddSeconds(-20), Start.UtcDateTime);
    }

    [Fact]
    public void The_same_seed_and_times_give_the_same_bytes()
    {
        string other = DemoWriter.CreateFolder();
        try
        {
            foreach (string folder in (string[])[_folder, other])
            {
                var time = new ManualTime(Start);
                using var writer = new DemoWriter(folder, 7, time);
                writer.WriteHistory();
                for (int i = 0; i < 600; i++)
                {
                    time.Now += TimeSpan.FromMilliseconds(200);
                    writer.WriteNow();
                }
            }
            Assert.Equal(Tree(_folder), Tree(other));
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }

        static List<(string, string)> Tree(string folder) =>
            [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => (path[folder.Length..], Convert.ToBase64String(File.ReadAllBytes(path)))).Order()];
    }

    [Fact]
    public void Every_line_is_a_cri_line_in_the_order_of_time()
    {
        using var writer = History();
        Live(writer, seconds: 60);

        foreach (string file in Files())
        {
            string text = Text(file);
            Assert.True(text.Length == 0 || text.EndsWith('\n'), file);
            long last = 0;
            foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var match = CriLine().Match(line);
                Assert.True(match.Success, $"{file}: {line}");
                Assert.True(Encoding.UTF8.GetByteCount(match.Groups["text"].Value) <= 16_384);
                long ticks = DateTime.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal).Ticks;
                Assert.True(ticks >= last, $"{file}: {line}");
                last = ticks;
            }
        }
    }

    [Fact]
    public void Names_have_the_kubelets_layout()
    {
        using var writer = History();
        foreach (string file in Files()) Assert.Matches(@"^/var/log/pods/[a-z-]+_[a-z0-9-]+_[0-9a-f-]{36}/[a-z-]+/\d+\.log(\.\d{8}-\d{6}(\.gz)?)?$", file[_folder.Length..]);
    }

    [Fact]
    public void The_history_shows_everything_that_there_is_to_see()
    {
        using var writer = History();
        string all = string.Concat(Files().Select(Text));

        Assert.Contains("Caused by: org.postgresql.util.PSQLException", all);
        Assert.Contains("Traceback (most recent call last):", all);
        Assert.Contains("panic: runtime error: invalid memory address", all);
        Assert.Contains(" P {\"severity\":\"DEBUG\",\"message\":\"imported", all);
        Assert.Contains("kube-probe/1.34", all);
        Assert.Contains("\"LogLevel\":\"Information\"", all);
        Assert.Contains("level=info msg=\"order placed\"", all);
        Assert.Contains(Files(), file => file.EndsWith(".gz", StringComparison.Ordinal));
        Assert.Contains(Files(), file => file.EndsWith("/1.log", StringComparison.Ordinal));
        Assert.Equal(12, Directory.GetDirectories(Path.Combine(_folder, "var/log/pods")).Length);
    }

    [Fact]
    public void Both_streams_interleave_inside_a_traceback()
    {
        using var writer = History();
        var lines = Lines().Where(line => line.File.Contains("recommender", StringComparison.Ordinal)).OrderBy(line => line.Time).ToList();
        int first = lines.FindIndex(line => line.Text.StartsWith("Traceback", StringComparison.Ordinal));
        int last = lines.FindLastIndex(line => line.Text.StartsWith("recommender.errors", StringComparison.Ordinal));

        Assert.Contains(lines[first..last], line => line.Stream == "stdout");
        Assert.Contains(lines[first..last], line => line.Stream == "stderr");
    }

    [Fact]
    public void An_order_is_found_in_every_service_that_it_passed()
    {
        using var writer = History();
        string order = Lines().Last(line => line.Text.Contains("msg=\"order placed\"", StringComparison.Ordinal)).Text.Split("order=")[1].Split(' ')[0];
        var services = Lines().Where(line => line.Text.Contains(order, StringComparison.Ordinal)).Select(line => Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(line.File)))!.Split('_')[1].Split('-')[0]).Distinct();

        Assert.Equal(["cart", "fraud", "orders", "payments"], services.Order());
    }

    [Fact]
    public void Json_lines_are_json_also_when_they_span_parts()
    {
        using var writer = History();
        foreach (string file in Files().Where(file => file.Contains("payments_", StringComparison.Ordinal) || file.Contains("catalog", StringComparison.Ordinal)))
        {
            var record = new StringBuilder();
            foreach (string line in Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var match = CriLine().Match(line);
                record.Append(match.Groups["text"].Value);
                if (match.Groups["flag"].Value == "P") continue;
                using var json = JsonDocument.Parse(record.ToString());
                Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
                record.Clear();
            }
        }
    }

    [Fact]
    public void Files_rotate_as_the_kubelet_rotates_them_and_stay_bounded()
    {
        using var writer = History();
        Live(writer, seconds: 600);

        foreach (var group in Files().GroupBy(file => Path.GetDirectoryName(file)))
        {
            foreach (var restart in group.GroupBy(file => Path.GetFileName(file).Split('.')[0]))
            {
                Assert.InRange(restart.Count(), 1, 5);
                Assert.True(restart.Count(file => !file.EndsWith(".gz", StringComparison.Ordinal)) <= 2, "a rotated file is compressed when the next one is rotated");
            }
            Assert.InRange(group.Select(file => Path.GetFileName(file).Split('.')[0]).Distinct().Count(), 1, 2);
            Assert.DoesNotContain(group, file => file.EndsWith(".tmp", StringComparison.Ordinal));
        }
        Assert.Contains(Files(), file => file.EndsWith(".gz", StringComparison.Ordinal));
    }

    [Fact]
    public void Live_lines_come_at_the_promised_rate_and_are_stamped_now()
    {
        using var writer = History();
        int before = Lines().Count;
        var from = _time.Now.UtcDateTime;
        Live(writer, seconds: 60);
        var fresh = Lines().Where(line => line.Time > from).ToList();

        Assert.True(before > 0);
        Assert.InRange(fresh.Count / 60.0, 20, 50);
        Assert.All(fresh, line => Assert.InRange(line.Time, from, _time.Now.UtcDateTime));
    }

    [Fact]
    public void Options_read_the_demo_unless_they_say_otherwise()
    {
        using var writer = new DemoWriter(_folder, 1, _time);
        var options = new PipelineOptions { Sources = [new SourceOptions { Path = "/x" }], Ledger = { StateDirectory = "/state" } };
        writer.Configure(options);

        Assert.Equal([Path.Combine(_folder, "var/log/pods/*/*/*.log")], options.Sources.Select(source => source.Path));
        Assert.Equal(("/state", "/state/store", "demo"), (options.Ledger.StateDirectory, options.Store.Embedded.Path, options.Enrichment.Cluster));
        Assert.NotEmpty(options.Tenancy.Rules);
    }

    [Fact]
    public async Task Running_ends_when_it_is_cancelled()
    {
        using var writer = new DemoWriter(_folder, 1, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var running = writer.Run(stop.Token);
        await stop.CancelAsync();
        await running;
        Assert.True(running.IsCompletedSuccessfully);
    }

    private DemoWriter History()
    {
        var writer = new DemoWriter(_folder, 42, _time);
        writer.WriteHistory();
        return writer;
    }

    private void Live(DemoWriter writer, int seconds)
    {
        for (int i = 0; i < seconds * 5; i++)
        {
            _time.Now += TimeSpan.FromMilliseconds(200);
            writer.WriteNow();
        }
    }

    private string[] Files() => Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);

    private List<(string File, DateTime Time, string Stream, string Text)> Lines() =>
    [
        .. Files().SelectMany(file => Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => CriLine().Match(line)).Select(match =>
            (file, DateTime.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal), match.Groups["stream"].Value, match.Groups["text"].Value))),
    ];

    private static string Text(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        return new StreamReader(content).ReadToEnd();
    }

    [GeneratedRegex(@"^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z) (?<stream>stdout|stderr) (?<flag>[PF]) (?<text>.*)$", RegexOptions.Singleline)]
    private static partial Regex CriLine();
}
