using System.Text;
using LogPipeline.Configuration;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Running;
using LogPipeline.Local.Store;
using LogPipeline.Observability;

namespace LogPipeline.Tests.Running;

/// <summary>A folder of logs, a state directory and an embedded store that a pipeline runs on, and the commands that look at them.</summary>
internal sealed class PipelineFixture : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("pipeline-").FullName;

    public PipelineFixture()
    {
        Directory.CreateDirectory(Logs);
        Options = NewOptions();
    }

    public string Logs => Path.Join(_root, "logs");

    public PipelineOptions Options { get; }

    public string State => Options.Ledger.StateDirectory;

    public PipelineOptions NewOptions()
    {
        var options = new PipelineOptions
        {
            Sources = [new SourceOptions { Path = Path.Join(Logs, "*.log") }, new SourceOptions { Path = Path.Join(Logs, "pods/*/*/*.log") }],
            Ledger = new LedgerOptions { StateDirectory = Path.Join(_root, "state"), CheckpointInterval = TimeSpan.FromMilliseconds(50) },
            Web = new WebOptions { Listen = "127.0.0.1:0" },
        };
        options.Store.Embedded.Path = Path.Join(_root, "state", "store");
        options.Joining.Preset = "none";
        return options;
    }

    public string Write(string name, IEnumerable<string> lines)
    {
        string path = Path.Join(Logs, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.AppendAllText(path, string.Concat(lines.Select(line => line + "\n")), new UTF8Encoding(false));
        return path;
    }

    /// <summary>Runs until everything is stored, does something, drains and ends.</summary>
    public async Task RunAsync(Func<RunningPipeline, Task>? meanwhile = null)
    {
        await using RunningPipeline pipeline = await RunningPipeline.StartAsync(Options, new Silence());
        using var limit = new CancellationTokenSource(Patience);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        do await tick.WaitForNextTickAsync(limit.Token);
        while (pipeline.ReadBytes == 0 || (await pipeline.FreshStatusesAsync()).Any(worker => worker.BacklogBytes > 0) || !pipeline.IsIdle);
        if (meanwhile is not null) await meanwhile(pipeline);
        await pipeline.DrainAsync();
    }

    /// <summary>The audit's exit code and what it printed.</summary>
    public async Task<(int Exit, string Text)> AuditAsync(bool deep = false, PipelineOptions? options = null)
    {
        var output = new StringWriter();
        int exit = await new Commands(output, output).Audit(new AuditSettings(options ?? Options, deep), TestContext.Current.CancellationToken);
        return (exit, output.ToString());
    }

    public async Task<(int Exit, string Text)> ContextAsync(string target, int before, int after)
    {
        var output = new StringWriter();
        Assert.True(ContextTarget.TryParse(target, Logs, out ContextTarget? parsed));
        int exit = await new Commands(output, output).Context(new ContextSettings(Options, parsed, before, after), TestContext.Current.CancellationToken);
        return (exit, output.ToString());
    }

    public async Task<(int Exit, string Text)> ExplainAsync(string target, PipelineOptions? options = null)
    {
        var output = new StringWriter();
        Assert.True(ContextTarget.TryParse(target, Logs, out ContextTarget? parsed));
        int exit = await new Commands(output, output).Explain(new ExplainSettings(options ?? Options, parsed), TestContext.Current.CancellationToken);
        return (exit, output.ToString());
    }

    /// <summary>Sends requests to the store while no pipeline runs.</summary>
    public async Task WithStoreAsync(Func<HttpClient, Task> use)
    {
        await using EmbeddedStore store = EmbeddedStore.Open(Options.Store.Embedded.Path, Options.Store.Embedded, TimeProvider.System);
        await using WebServer server = await WebServer.StartStoreAsync(store);
        using var client = new HttpClient { BaseAddress = StoreAddress.Embedded(server.Address) };
        await use(client);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private sealed class Silence : IPipelineLog
    {
        public void Write(PipelineLogLevel level, string eventName, string message)
        {
        }
    }
}
