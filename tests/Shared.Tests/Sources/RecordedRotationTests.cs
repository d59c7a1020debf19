using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Sources;
using LogPipeline.Tests.Formats;
using LogPipeline.Tests.Tailing;

namespace LogPipeline.Tests.Sources;

/// <summary>Replays what a real kubelet did to the log files of a pod with three containers, event by event.</summary>
public sealed class RecordedRotationTests : IDisposable
{
    private static readonly JsonElement[] Recorded =
        [.. File.ReadLines(Path.Combine(RecordedLogs.Root, "rotate", "events.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    private readonly InMemoryFileSystem _disk = new() { ReuseInodes = true };
    private readonly Dictionary<string, DiscoveredStream> _streams = [];

    /// <summary>For each file by its present path, the count of the live file whose content it has.</summary>
    private readonly Dictionary<string, int> _contents = [];

    private readonly Dictionary<int, string> _moved = [];
    private int _created;

    public void Dispose() => _disk.Dispose();

    [Fact]
    public void Every_file_is_listed_in_the_order_of_its_content_at_every_moment()
    {
        SourceOptions[] sources = [new() { Path = "/var/log/containers/*.log" }, new() { Path = "/var/log/pods/*/*/*.log" }];
        _disk.CreateDirectory("/var/log/pods");
        _disk.CreateDirectory("/var/log/containers");
        var catalog = new SourceCatalog(sources, _disk, [], null, _disk.Time);
        Assert.Empty(catalog.Scan());
        var listed = new HashSet<int>();
        foreach (JsonElement recorded in Recorded)
        {
            Replay(recorded);
            CatalogChanges changes = catalog.Scan([recorded.GetProperty("dir").GetString()!]);
            foreach (DiscoveredStream stream in changes.Streams) _streams[stream.Key] = stream;
            foreach (string key in changes.Gone) _streams.Remove(key);
            foreach (DiscoveredStream stream in _streams.Values)
            {
                Assert.Equal("0.log", Path.GetFileName(stream.Key));
                int[] order = [.. stream.Files.Select(file => _contents[file.Path])];
                Assert.Equal(order.Order().Distinct(), order);
                listed.UnionWith(order);
            }

            // No content that is on disk is missing: a compressed copy beside its original is the same content.
            Assert.Equal(_contents.Where(file => !file.Key.EndsWith(".tmp", StringComparison.Ordinal)).Select(file => file.Value).Distinct().Order(),
                _streams.Values.SelectMany(stream => stream.Files).Select(file => _contents[file.Path]).Order());
        }

        Assert.Equal(_created, listed.Count);
        Assert.True(_created > 20);
        Assert.Empty(_streams);
        Assert.Equal(["/var/log/containers", "/var/log/pods"], catalog.Directories.Order(StringComparer.Ordinal));
    }

    private void Replay(JsonElement recorded)
    {
        string path = Path.Join(recorded.GetProperty("dir").GetString(), recorded.GetProperty("name").GetString());
        bool directory = recorded.TryGetProperty("isdir", out JsonElement isDirectory) && isDirectory.GetBoolean();
        switch (recorded.GetProperty("ev").GetString())
        {
            case "CREATE" when directory:
                _disk.CreateDirectory(path);
                break;
            case "CREATE" when recorded.TryGetProperty("target", out JsonElement target):
                _disk.Symlink(path, target.GetString()!);
                break;
            case "CREATE":
                _disk.Write(path, ""u8);
                _contents[path] = path.EndsWith(".tmp", StringComparison.Ordinal) ? _contents[path[..^4]] : ++_created;
                break;
            case "MOVED_FROM":
                _moved[recorded.GetProperty("cookie").GetInt32()] = path;
                break;
            case "MOVED_TO":
                string from = _moved[recorded.GetProperty("cookie").GetInt32()];
                _disk.Rename(from, path);
                _contents.Remove(from, out int content);
                _contents[path] = content;
                break;
            case "DELETE" when directory:
                _disk.DeleteDirectory(path);
                break;
            case "DELETE":
                _disk.Delete(path);
                _contents.Remove(path);
                break;
        }
    }
}
