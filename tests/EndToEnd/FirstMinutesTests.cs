using LogPipeline.Tests.Running;
using LogPipeline.Tests.Storing;

namespace LogPipeline.Tests;

/// <summary>What a stranger meets: the first start, and a start that cannot be.</summary>
[Collection(PipelineCollection.Name)]
public sealed class FirstMinutesTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_demos_first_start_says_nothing_of_a_run_before_it()
    {
        await using PipelineProcess process = PipelineProcess.Start("--demo", "--listen", "127.0.0.1:0");
        await process.PageAsync();
        await process.SaysAsync("store_ready", Limit);
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync(Limit));
        Assert.DoesNotContain("last run", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("next run", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("replay_done", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_directory_that_cannot_be_made_is_named_with_the_flag_that_takes_another()
    {
        string occupied = _workspace.PathOf("file");
        await File.WriteAllTextAsync(occupied, "not a directory");
        await using PipelineProcess process = PipelineProcess.Start("--source", "/nothing/*.log", "--listen", "127.0.0.1:0", "--state", Path.Combine(occupied, "state"));
        Assert.Equal(2, await process.ExitCodeAsync(Limit));
        Assert.Contains(Path.Combine(occupied, "state"), process.Errors, StringComparison.Ordinal);
        Assert.Contains("--state DIR", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named_with_the_flag_that_takes_another()
    {
        await using StoreServer server = await StoreServer.StartAsync(new ModelStore(), new StoreFaults(1));
        string taken = new Uri(server.Url).Authority;
        await using PipelineProcess process = PipelineProcess.Start("--source", "/nothing/*.log", "--state", _workspace.PathOf("state"), "--listen", taken);
        Assert.Equal(2, await process.ExitCodeAsync(Limit));
        Assert.Contains($"{taken} cannot be listened on: another program has it", process.Errors, StringComparison.Ordinal);
        Assert.Contains("--listen ADDRESS:PORT", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_read_yet_says_what_is_waited_for()
    {
        await using PipelineProcess process = PipelineProcess.Start("--source", "/nothing/*.log", "--state", _workspace.PathOf("state"), "--listen", "127.0.0.1:0", "--until-idle", "1");
        Assert.Equal(0, await process.ExitCodeAsync(Limit));
        Assert.Contains("nothing yet; waiting for /nothing/*.log", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_on_all_addresses_has_its_store_on_this_machine_too()
    {
        string path = Path.Combine(_workspace.Folder("log"), "app.log");
        await File.WriteAllTextAsync(path, "one\ntwo\n");
        await using PipelineProcess process = PipelineProcess.Start("--source", path, "--state", _workspace.State, "--listen", "0.0.0.0:0", "--until-idle", "0.5");
        Assert.Equal(0, await process.ExitCodeAsync(Limit));
        Assert.Matches("page +http://127.0.0.1:[0-9]+/ .and by this machine's other addresses.", process.Output);
        Assert.Contains("2 records stored in this run; nothing is left", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_does_not_wait_for_a_record_that_may_go_on()
    {
        string path = Path.Combine(_workspace.Folder("log"), "app.log");
        await File.WriteAllTextAsync(path, "2026 INFO one\n2026 INFO two\n");
        _workspace.Read(path);
        _workspace.Set("joining:\n  flush_after: 1h");
        _workspace.DrainTimeout = "10m";
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(1));
        await using PipelineProcess process = PipelineProcess.Start("run", "--config", _workspace.Configuration(server.Url));
        await Eventually.HoldsAsync("the first line", Limit, () => store.Count == 1, () => process.Errors);
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync(Limit));
        Assert.Contains("the last record's end has not shown: " + path, process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_files_than_descriptors_are_read_one_after_the_other_as_descriptors_come_free()
    {
        var store = new ModelStore();
        await using StoreServer server = await StoreServer.StartAsync(store, new StoreFaults(1));
        string folder = _workspace.Folder("log");
        for (int i = 0; i < 1500; i++) await File.WriteAllTextAsync(Path.Combine(folder, $"{i}.log"), $"line of file {i}\n");
        _workspace.Read(folder + "/*.log");
        await using PipelineProcess process = PipelineProcess.StartUnder(["prlimit", "--nofile=1024:1024"], "run", "--config", _workspace.Configuration(server.Url));
        await process.SaysAsync("open_files_limit", Limit);
        await Eventually.HoldsAsync("as many as may be open", Limit, () => store.Count == 512, () => process.Errors);
        foreach (string path in store.Documents().Select(document => Path.Combine(folder, document.Text["line of file ".Length..] + ".log"))) File.Delete(path);
        await Eventually.HoldsAsync("the next ones", TimeSpan.FromMinutes(2), () => store.Count == 1024, () => process.Errors);
        Assert.DoesNotContain("Too many open files", process.Errors, StringComparison.Ordinal);
    }
}
