using System.Globalization;
using System.Text;
using System.Text.Json;
using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>What goes wrong around the program: it says so clearly, loses nothing, and goes on when it is over.</summary>
[Collection(PipelineCollection.Name)]
public sealed class BadDayTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();
    private readonly ModelStore _store = new();
    private readonly string _log;

    public BadDayTests()
    {
        _log = Path.Combine(_workspace.Folder("log"), "app.log");
        _workspace.Read(_workspace.PathOf("log") + "/**/*.log");
        _workspace.Set("joining:\n  preset: none");
    }

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task A_store_that_is_down_and_comes_back_gets_every_line()
    {
        var faults = new StoreFaults(1);
        StoreServer server = await StoreServer.StartAsync(_store, faults);
        await using PipelineProcess process = Run(server.Url);
        Write(_log, "before", 100);
        await HoldsAsync(100, process);
        int port = new Uri(server.Url).Port;
        await server.DisposeAsync();
        Write(_log, "meanwhile", 100);
        await process.SaysAsync("store_unreachable", Limit);
        await using StoreServer again = await StoreServer.StartAsync(_store, faults, port);
        Write(_log, "after", 100);
        await HoldsAsync(300, process);
        await process.SaysAsync("store_reachable", Limit);
    }

    [Fact]
    public async Task A_store_that_is_down_at_the_start_is_waited_for()
    {
        Write(_log, "line", 100);
        await using StoreServer closed = await StoreServer.StartAsync(_store, new StoreFaults(1));
        int port = new Uri(closed.Url).Port;
        await closed.DisposeAsync();
        await using PipelineProcess process = Run($"http://127.0.0.1:{port}");
        await process.SaysAsync("Nothing is sent before it does", Limit);
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync(Limit));
        Assert.DoesNotContain("under way", process.Output, StringComparison.Ordinal);
        Assert.Contains("not stored yet", process.Output, StringComparison.Ordinal);
        await using PipelineProcess next = Run($"http://127.0.0.1:{port}");
        await next.SaysAsync("Nothing is sent before it does", Limit);
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1), port);
        await HoldsAsync(100, next);
    }

    [Fact]
    public async Task A_refused_password_holds_the_lines_until_its_file_is_put_right()
    {
        string password = _workspace.PathOf("password");
        await File.WriteAllTextAsync(password, "wrong");
        var faults = new StoreFaults(1) { Authorization = Basic("shipper:wrong") };
        await using StoreServer server = await StoreServer.StartAsync(_store, faults);
        _workspace.Set($"store:\n  urls: [\"{server.Url}\"]\n  user: shipper\n  password_file: {password}");
        await using PipelineProcess process = Run(server.Url);
        Write(_log, "before", 50);
        await HoldsAsync(50, process);
        faults.Authorization = Basic("shipper:right");
        Write(_log, "after", 50);
        await process.SaysAsync("401", Limit);
        Assert.Equal(50, _store.Count);
        await File.WriteAllTextAsync(password, "right");
        await HoldsAsync(100, process);
        Assert.Empty(_store.DeadLetters());
    }

    [Fact]
    public async Task Answers_that_are_none_are_not_taken_for_success()
    {
        var faults = new StoreFaults(1);
        await using StoreServer server = await StoreServer.StartAsync(_store, faults);
        await using PipelineProcess process = Run(server.Url);
        Write(_log, "before", 50);
        await HoldsAsync(50, process);
        faults.Garbage = true;
        Write(_log, "after", 50);
        await Eventually.HoldsAsync("answers that are none", Limit, () => server.GarbageAnswers > 3, () => process.Errors);
        Assert.Equal(50, _store.Count);
        faults.Garbage = false;
        await HoldsAsync(100, process);
        Assert.Empty(_store.DeadLetters());
    }

    [Fact]
    public async Task One_document_in_ten_that_is_refused_is_a_dead_letter_with_its_original_bytes()
    {
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1) { Refuses = true });
        Write(_log, "Größe \"quoted\" \t 🦔", 1000);
        await using PipelineProcess process = Run(server.Url, "--until-idle", "1");
        Assert.Equal(0, await process.ExitCodeAsync(Limit));
        Assert.Equal(Lines("Größe \"quoted\" \t 🦔", 1000), _store.Documents().OrderBy(document => document.Sequence, StringComparer.Ordinal).Select(document => document.Text));
        Assert.InRange(_store.DeadLetters().Count, 20, 400);
        JsonElement letter = _store.DeadLetters()[0];
        Assert.Equal(400, letter.GetProperty("reason").GetProperty("status").GetInt32());
        Assert.StartsWith("logs-default-", letter.GetProperty("index").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreadable_file_is_named_once_with_what_would_help()
    {
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        string secret = _workspace.PathOf("log/secret.log");
        Write(secret, "secret", 10);
        Write(_log, "line", 10);
        File.SetUnixFileMode(secret, UnixFileMode.None);
        // Root reads everything unless it is left the right to.
        string[] launcher = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"] : [];
        await using PipelineProcess process = PipelineProcess.StartUnder(launcher, "run", "--config", _workspace.Configuration(server.Url));
        await HoldsAsync(10, process);
        await process.SaysAsync("CAP_DAC_READ_SEARCH", Limit);
        Assert.Single(process.Errors.Split('\n'), line => line.Contains(secret, StringComparison.Ordinal));
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        await HoldsAsync(20, process);
    }

    [Fact]
    public async Task A_directory_that_vanishes_and_comes_back_is_read_again()
    {
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        string directory = _workspace.Folder("log", "service");
        Write(Path.Combine(directory, "a.log"), "first", 100);
        Write(_log, "line", 10);
        await using PipelineProcess process = Run(server.Url);
        await HoldsAsync(110, process);
        Directory.Delete(directory, recursive: true);
        Write(_log, "meanwhile", 10);
        await HoldsAsync(120, process);
        Directory.CreateDirectory(directory);
        Write(Path.Combine(directory, "a.log"), "second", 100);
        await HoldsAsync(220, process);
        Assert.DoesNotContain("ERROR", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_under_the_state_stops_sending_until_there_is_room()
    {
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        string mount = _workspace.Folder("small");
        _workspace.State = Path.Combine(mount, "state");
        // In a mount namespace of its own: the file system is gone with the process, whatever happens to the test.
        string[] launcher = [.. Environment.IsPrivilegedProcess ? ["unshare", "--mount"] : new[] { "unshare", "--mount", "--map-root-user" }, "sh", "-c", $"mount -t tmpfs -o size=512k tmpfs {mount} && exec \"$@\"", "sh"];
        Write(_log, "before", 100);
        await using PipelineProcess process = PipelineProcess.StartUnder(launcher, "run", "--config", _workspace.Configuration(server.Url));
        await HoldsAsync(100, process);
        string inside = $"/proc/{process.Id}/root{mount}/ballast";
        Fill(inside);
        int files = 0;
        // New files need positions of their own; at some point none can be written.
        await Eventually.HoldsAsync("checkpoint_failed", Limit, () =>
        {
            Write(_workspace.PathOf($"log/more-{files++}.log"), "meanwhile", 5);
            return process.Errors.Contains("checkpoint_failed", StringComparison.Ordinal);
        }, () => process.Errors);
        Assert.Contains("No space left on device", process.Errors, StringComparison.Ordinal);
        File.Delete(inside);
        await process.SaysAsync("checkpoint_recovered", Limit);
        await HoldsAsync(100 + (5 * files), process);
        await process.KillAsync();
    }

    [Fact]
    public async Task A_second_process_on_the_same_state_exits_2_and_names_the_first()
    {
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        await using PipelineProcess first = Run(server.Url);
        await first.PageAsync();
        await using PipelineProcess second = Run(server.Url);
        Assert.Equal(2, await second.ExitCodeAsync(Limit));
        Assert.Contains($"process {first.Id} ", second.Errors, StringComparison.Ordinal);
        Assert.Contains(_workspace.State, second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_drains_what_was_read()
    {
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        Write(_log, "line", 1000);
        await using PipelineProcess process = Run(server.Url);
        await HoldsAsync(1000, process);
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync(Limit));
        Assert.Contains("1,000 records stored in this run; nothing is left", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_waits_no_longer_than_its_bound_and_says_what_was_left()
    {
        await using StoreServer server = await StoreServer.StartAsync(_store, new StoreFaults(1));
        _workspace.DrainTimeout = "1s";
        Task held = server.HoldAsync(1, stored: false);
        Write(_log, "line", 100);
        await using PipelineProcess process = Run(server.Url);
        await held;
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("were under way when time ran out", process.Output, StringComparison.Ordinal);
        Assert.Contains(_log, process.Output, StringComparison.Ordinal);
        await using PipelineProcess next = Run(server.Url);
        await HoldsAsync(100, next);
    }

    private PipelineProcess Run(string store, params string[] arguments) => PipelineProcess.Start(["run", "--config", _workspace.Configuration(store), .. arguments]);

    private Task HoldsAsync(int documents, PipelineProcess process) =>
        Eventually.HoldsAsync($"{documents} documents", Limit, () => _store.Count == documents, () => $"{_store.Count} documents\n{process.Errors}");

    private static void Write(string path, string text, int lines) => File.AppendAllText(path, string.Concat(Lines(text, lines).Select(line => line + "\n")));

    private static IEnumerable<string> Lines(string text, int count) => Enumerable.Range(0, count).Select(line => string.Create(CultureInfo.InvariantCulture, $"{text} {line}"));

    // To the last byte of the file system.
    private static void Fill(string path)
    {
        using var ballast = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) ballast.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // full
        }
    }

    private static string Basic(string credentials) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
}
