using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Sources;
using LogPipeline.Tailing.Watching;
using LogPipeline.Tailing;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Sources;

/// <summary>Catalog and watcher together over a real file system: what happens is noticed from its events alone.</summary>
public sealed class WatchedRotationTests : IDisposable
{
    private const string Logrotate = "/usr/sbin/logrotate";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly RealDisk _disk = new();
    private readonly object _gate = new();
    private readonly HashSet<string> _changed = [];
    private readonly Dictionary<string, DiscoveredStream> _streams = [];
    private readonly DirectoryWatcher _watcher;
    private SourceCatalog? _catalog;

    public WatchedRotationTests() => _watcher = DirectoryWatcher.Start(_disk.Files, Take);

    public void Dispose()
    {
        _watcher.Dispose();
        _disk.Dispose();
    }

    [Theory]
    [InlineData("create")]
    [InlineData("nocreate")]
    [InlineData("copytruncate")]
    [InlineData("create\ncompress")]
    [InlineData("create\ncompress\ndelaycompress")]
    [InlineData("create\ndateext\ndateformat -%Y%m%d-%s")]
    [InlineData("create\ndateext\nextension .log\ncompress")]
    [InlineData("create\nstart 0")]
    public void Files_that_logrotate_made_are_listed_in_the_order_of_their_lines(string directives)
    {
        Assert.SkipUnless(File.Exists(Logrotate), "logrotate is not installed");
        Follow("log/app.log");
        int rotations = directives.Contains("extension", StringComparison.Ordinal) ? 1 : 3;
        string path = At("log/app.log");
        for (int line = 1; line <= rotations; line++)
        {
            if (!File.Exists(path)) _disk.Write(path, ""u8);
            _disk.Append(path, Encoding.ASCII.GetBytes($"{line}\n"));
            // Two rotations within a second would have the same stamp and be refused.
            Rotate(path, directives.Replace("%s", $"%s{line}", StringComparison.Ordinal));
        }

        _disk.Write(path, Encoding.ASCII.GetBytes($"{rotations + 1}\n"));
        DiscoveredStream stream = WaitFor(path, stream => stream.Files.Count == rotations + 1 && stream.Files[^1].SizeBytes > 0);
        Assert.Equal(Enumerable.Range(1, rotations + 1).Select(line => $"{line}\n"), stream.Files.Select(Content));
        Assert.Single(_streams);
    }

    [Fact]
    public void A_pod_that_appears_beneath_a_missing_root_is_found_and_lost_by_events_alone()
    {
        Follow("var/log/pods/*/*/*.log");
        string live = At("var/log/pods/shop_cart-1_u1/app/0.log");
        _disk.Write(live, "x"u8);
        WaitFor(live, stream => stream.Files.Count == 1);
        _disk.Rename(live, live + ".20261120-155410");
        _disk.Write(live, "y"u8);
        WaitFor(live, stream => stream.Files.Count == 2);
        _disk.Write(At("var/log/pods/shop_cart-1_u1/app/1.log"), "z"u8);
        Assert.True(WaitFor(live, stream => stream.Ended).Ended);
        _disk.DeleteDirectory(At("var/log"));
        Until(() => _streams.Count == 0);
        _disk.Write(live, "again"u8);
        Assert.Equal(5, WaitFor(live, stream => stream.Files.Count == 1).Files[0].SizeBytes);
    }

    [Fact]
    public void Many_pods_that_come_at_once_are_all_found()
    {
        Follow("pods/*/*/*.log");
        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => _disk.Write(At($"pods/ns_pod-{i}_u{i}/app/0.log"), "x"u8));
        Until(() => _streams.Count == 300);
    }

    private string At(string name) => Path.Join(_disk.Root, name);

    private void Follow(string glob)
    {
        _catalog = new SourceCatalog([new SourceOptions { Path = At(glob) }], _disk.Files, [], _watcher);
        Assert.Empty(_catalog.Scan());
    }

    private void Take(ReadOnlySpan<DirectoryEvent> events)
    {
        lock (_gate)
        {
            foreach (DirectoryEvent one in events) _changed.Add(one.Directory);
            Monitor.PulseAll(_gate);
        }
    }

    private DiscoveredStream WaitFor(string key, Predicate<DiscoveredStream> condition)
    {
        Until(() => _streams.TryGetValue(key, out DiscoveredStream? stream) && condition(stream));
        return _streams[key];
    }

    /// <summary>Scans the directories that events name until the condition holds.</summary>
    private void Until(Func<bool> condition)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            string[] changed;
            lock (_gate)
            {
                while (_changed.Count == 0)
                {
                    int left = (int)(deadline - Environment.TickCount64);
                    if (left <= 0 || !Monitor.Wait(_gate, left)) Assert.Fail($"not found; streams: {string.Join("; ", _streams.Values.Select(stream => string.Join(", ", stream.Files)))}");
                }

                changed = [.. _changed];
                _changed.Clear();
            }

            CatalogChanges changes = _catalog!.Scan(changed);
            foreach (DiscoveredStream stream in changes.Streams) _streams[stream.Key] = stream;
            foreach (string key in changes.Gone) _streams.Remove(key);
        }
    }

    private void Rotate(string path, string directives)
    {
        string configuration = At("logrotate.conf");
        _disk.Write(configuration, Encoding.ASCII.GetBytes($"{path} {{\nrotate 9\nmissingok\n{directives}\n}}\n"));
        _disk.SetMode(configuration, 0x1A4);
        using Process process = Process.Start(new ProcessStartInfo(Logrotate, ["-f", "-s", At("logrotate.state"), configuration]) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }

    private static string Content(DiscoveredFile file)
    {
        using Stream stream = File.OpenRead(file.Path);
        using Stream plain = file.Compressed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var reader = new StreamReader(plain);
        return reader.ReadToEnd();
    }
}
