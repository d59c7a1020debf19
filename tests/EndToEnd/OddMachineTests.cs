using System.Globalization;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>Machines and files that are not as one expects them.</summary>
[Collection(PipelineCollection.Name)]
public sealed class OddMachineTests : IDisposable
{
    private const string NewYork = "America/New_York";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();
    private readonly ModelStore _store = new();

    public OddMachineTests() => _workspace.Set("joining:\n  preset: none");

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_machine_in_another_time_zone_stores_and_shows_the_same_instants()
    {
        // Where no zones are installed, this one is UTC, too.
        string pods = _workspace.PathOf("pods"), container = _workspace.Folder("pods", "shop_cart-1_0a1b2c3d-0001-0002-0003-000000000001", "app");
        string cri = Path.Combine(container, "0.log"), plain = Path.Combine(_workspace.Folder("log"), "app.log");
        await File.WriteAllTextAsync(cri,
            "2026-11-20T22:30:00.123456789-05:00 stdout F in the evening there\n2026-11-21T03:30:01Z stdout F a second later\n2026-11-01T01:30:00-04:00 stdout F before the clocks go back\n");
        await File.WriteAllTextAsync(plain, "read now\n");
        _workspace.Read(pods + "/*/*/*.log");
        _workspace.Read(plain);
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        DateTimeOffset began = DateTimeOffset.UtcNow;
        await RunAsync(server.Url);
        StoredDocument[] stored = [.. _store.Documents().OrderBy(document => document.OffsetBytes)];
        Assert.Equal(
            [("2026-11-21T03:30:00.123456789Z", "logs-default-2026.11.21"), ("2026-11-21T03:30:01.000000000Z", "logs-default-2026.11.21"), ("2026-11-01T05:30:00.000000000Z", "logs-default-2026.11.01")],
            stored.Where(document => document.SubStream != plain).Select(document => (document.Timestamp, document.Index)));
        StoredDocument now = Assert.Single(stored, document => document.SubStream == plain);
        DateTimeOffset read = DateTimeOffset.Parse(now.Timestamp, CultureInfo.InvariantCulture);
        Assert.InRange(read, began.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"logs-default-{read.UtcDateTime:yyyy.MM.dd}"), now.Index);

        _workspace.State = _workspace.PathOf("other-state");
        await RunAsync("embedded");
        string here = await ContextAsync("UTC", $"{cri}:0"), there = await ContextAsync(NewYork, $"{cri}:0");
        Assert.Contains("2026-11-21T03:30:00.123456789Z", here, StringComparison.Ordinal);
        Assert.Equal(here, there);
    }

    [Fact]
    public async Task A_right_that_is_taken_away_and_given_back_is_named_once_and_loses_nothing()
    {
        string path = Path.Combine(_workspace.Folder("log"), "app.log");
        _workspace.Read(_workspace.PathOf("log") + "/*.log");
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        await using var writer = new StreamWriter(path) { AutoFlush = true };
        await WriteAsync(writer, 0, 10);
        string[] launcher = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"] : [];
        await using PipelineProcess process = PipelineProcess.StartUnder(launcher, "run", "--config", _workspace.Configuration(server.Url));
        await HoldsAsync(10, process);
        UnixFileMode mode = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, UnixFileMode.None);
        await WriteAsync(writer, 10, 10);
        await process.SaysAsync($"{path} cannot be read: ", Limit);
        await WriteAsync(writer, 20, 10);
        File.SetUnixFileMode(path, mode);
        await WriteAsync(writer, 30, 10);
        await HoldsAsync(40, process);
        Assert.Equal(Enumerable.Range(0, 40).Select(Line), _store.Documents().OrderBy(document => document.OffsetBytes).Select(document => document.Text));
        Assert.Contains("CAP_DAC_READ_SEARCH", Assert.Single(process.Errors.Split('\n'), line => line.Contains("cannot be read", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain("ERROR", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_binary_file_that_looks_like_a_log_neither_stops_nor_floods()
    {
        string folder = _workspace.Folder("log");
        byte[] binary = new byte[3 << 20];
        new Random(1).NextBytes(binary);
        await File.WriteAllBytesAsync(Path.Combine(folder, "x.log"), binary);
        // As wtmp's: records of fixed length with many zeros, and no newline at all.
        await File.WriteAllBytesAsync(Path.Combine(folder, "zeros.log"), new byte[3 << 20]);
        await File.WriteAllLinesAsync(Path.Combine(folder, "app.log"), Enumerable.Range(0, 100).Select(Line));
        _workspace.Read(folder + "/*.log");
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        await using PipelineProcess process = PipelineProcess.Start("run", "--config", _workspace.Configuration(server.Url), "--until-idle", "0.5");
        Assert.Equal(0, await process.ExitCodeAsync(Limit));
        ILookup<string, StoredDocument> stored = _store.Documents().ToLookup(document => Path.GetFileName(document.SubStream));
        Assert.Equal(Enumerable.Range(0, 100).Select(Line), stored["app.log"].OrderBy(document => document.OffsetBytes).Select(document => document.Text));
        Assert.Equal(Array.LastIndexOf(binary, (byte)'\n') + 1, stored["x.log"].Sum(document => document.LengthBytes));
        Assert.InRange(stored["zeros.log"].Count(), 2, 3);
        Assert.Empty(_store.DeadLetters());
        Assert.InRange(process.Errors.Split('\n').Length, 0, 5);
    }

    private static PipelineProcess Start(string zone, params string[] arguments) => PipelineProcess.StartUnder(["env", $"TZ={zone}"], arguments);

    private async Task RunAsync(string store)
    {
        await using PipelineProcess process = Start(NewYork, "run", "--config", _workspace.Configuration(store), "--until-idle", "0.5");
        int code = await process.ExitCodeAsync(Limit);
        Assert.True(code == 0, process.Errors);
    }

    private async Task<string> ContextAsync(string zone, string place)
    {
        await using PipelineProcess process = Start(zone, "context", place, "--config", _workspace.PathOf("pipeline.yaml"));
        int code = await process.ExitCodeAsync(Limit);
        Assert.True(code == 0, process.Errors);
        return process.Output;
    }

    private static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"line {number}");

    private static async Task WriteAsync(StreamWriter writer, int from, int count)
    {
        foreach (int number in Enumerable.Range(from, count)) await writer.WriteAsync(Line(number) + "\n");
    }

    private Task HoldsAsync(int documents, PipelineProcess process) =>
        Eventually.HoldsAsync($"{documents} documents", Limit, () => _store.Count == documents, () => $"{_store.Count} documents\n{process.Errors}");
}
