using System.Globalization;
using System.Text.Json;
using LogPipeline.Tests.Storing;
using LogPipeline.Tests.Writing;

namespace LogPipeline.Tests.Running;

/// <summary>
/// Writers of every kind, and a pipeline that is killed and started again and again while they write and rotate; at the end it runs until it is idle.
/// What is written, when files rotate and where the kills fall comes from the seed; the interleaving with the real process does not.
/// </summary>
internal sealed class KillAndRestartRun : IAsyncDisposable
{
    private static readonly TimeSpan CalmLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(4);

    private readonly Workspace _workspace = new();
    private readonly Random _random;
    private readonly IStoreFront? _store;
    private readonly string _configuration;
    private readonly List<LogWriter> _writers;
    private readonly List<string> _said = [], _history = [];
    private PipelineProcess _process;

    /// <param name="store">The store; null for the embedded one.</param>
    public KillAndRestartRun(int seed, IStoreFront? store)
    {
        _random = new Random(seed);
        _store = store;
        _workspace.Read(_workspace.Folder("pods") + "/*/*/*.log");
        _workspace.Read(_workspace.Folder("containers") + "/*/*-json.log");
        _workspace.Read(_workspace.Folder("log") + "/*.log");
        _workspace.Set("tenancy:\n  rules:\n    - namespace: \"team-*\"\n      tenant: \"{namespace}\"\n  default: default");
        _workspace.Set("joining:\n  flush_after: 300ms");
        _configuration = _workspace.Configuration(store?.Url ?? "embedded");
        _process = Start();
        _writers = CreateWriters();
    }

    public IReadOnlyCollection<LogWriter> Writers => _writers;

    public int Kills { get; private set; }

    /// <summary>What all processes said on standard error.</summary>
    public string Said => string.Concat(_said) + _process.Errors;

    /// <summary>When what happened to files and processes, and what they said of it.</summary>
    public string History => string.Join('\n', _history.Concat(Said.Split('\n').Where(line => !line.Contains(" store_", StringComparison.Ordinal))));

    /// <summary>Writes and kills, then stops writing and waits until the last process is done.</summary>
    /// <param name="kills">How often it is killed at least.</param>
    public async Task PlayAsync(int kills)
    {
        // A rotated file of before the first run is history that nobody asked for.
        await _process.PageAsync();
        for (int half = 1; half <= 2; half++)
        {
            while (Kills < kills * half / 2)
            {
                await LiveAsync();
                await KillAsync();
                WriteWhileDown();
                _process = Start();
            }
            await CalmDownAsync();
            // All is stored: what is on disk no more cannot be missed, and what is deleted now is read from its descriptor.
            foreach (LogWriter writer in _writers)
            {
                writer.DeleteRotated();
                writer.DeleteLive();
            }
            Note("deleted what is stored");
            await CalmDownAsync();
        }
        await LiveAsync();
        await KillAsync();
        WriteWhileDown();
        foreach (LogWriter writer in _writers) writer.Finish();
        _process = Start("--until-idle", "1.5");
        Assert.Equal(0, await _process.ExitCodeAsync(CalmLimit));
    }

    /// <summary>Another run of the same pipeline, to look into its store; until this run is disposed.</summary>
    public Task<Uri> OpenAsync()
    {
        _said.Add(_process.Errors);
        _process = Start();
        return _process.PageAsync();
    }

    /// <summary>Another command of the program, over the same configuration.</summary>
    public PipelineProcess Command(params string[] arguments) => PipelineProcess.Start([.. arguments, "--config", _configuration]);

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        foreach (LogWriter writer in _writers) writer.Dispose();
        _workspace.Dispose();
    }

    private PipelineProcess Start(params string[] arguments)
    {
        Note("started");
        return PipelineProcess.Start(["run", "--config", _configuration, .. arguments]);
    }

    private void Note(string what) => _history.Add(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} {what}"));

    private List<LogWriter> CreateWriters()
    {
        // One of them writes over midnight.
        DateTime now = DateTime.UtcNow, midnight = now.Date.AddSeconds(-1);
        string pods = _workspace.PathOf("pods"), log = _workspace.PathOf("log");
        return
        [
            new KubeletWriter(pods, "shop", _random, "cart", now) { Tenant = "default" },
            new KubeletWriter(pods, "team-a", _random, "pay", midnight) { Tenant = "team-a" },
            new KubeletWriter(pods, "team-b", _random, "search", now) { Tenant = "team-b" },
            new DockerWriter(_workspace.PathOf("containers"), _random, "web", now) { Tenant = "default" },
            new DockerWriter(_workspace.PathOf("containers"), _random, "db", midnight) { Tenant = "default" },
            new RenamedFileWriter(log, new Logrotate(_workspace.Root, copyTruncate: false, delayCompress: true), _random, "renamed") { Tenant = "default" },
            new TruncatedFileWriter(log, new Logrotate(_workspace.Root, copyTruncate: true, delayCompress: true), _random, "truncated") { Tenant = "default" },
            new TruncatedFileWriter(log, new Logrotate(_workspace.Root, copyTruncate: true, delayCompress: false), _random, "squeezed") { Tenant = "default" },
            new DeletedFileWriter(log, _random, "deleted") { Tenant = "default" },
        ];
    }

    // Writes beside a running process until the moment of its death has come.
    private async Task LiveAsync()
    {
        bool inRequest = _store is not null && _random.Next(4) > 0;
        Task moment = inRequest ? _store!.HoldAsync(1 + _random.Next(12), stored: _random.Next(2) == 0) : Task.CompletedTask;
        int steps = _random.Next(300), crash = _random.Next(2) == 0 ? _random.Next(200) : -1;
        Task crashed = Task.CompletedTask;
        using var deadline = new CancellationTokenSource(LongestLife);
        using var pace = new PeriodicTimer(Pace);
        for (int step = 0; !deadline.IsCancellationRequested && (inRequest ? !moment.IsCompleted : step < steps); step++)
        {
            if (step == crash) crashed = _store?.CrashAsync() ?? Task.CompletedTask;
            Step();
            await pace.WaitForNextTickAsync();
        }
        await crashed;
    }

    private async Task KillAsync()
    {
        await _process.KillAsync();
        _store?.HoldNone();
        Note("killed");
        Kills++;
        _said.Add(_process.Errors);
        await _process.DisposeAsync();
    }

    private void WriteWhileDown()
    {
        for (int steps = _random.Next(3) == 0 ? 0 : _random.Next(60); steps > 0; steps--) Step();
    }

    private void Step()
    {
        LogWriter writer = _writers[_random.Next(_writers.Count)];
        if (_random.Next(25) == 0)
        {
            writer.Rotate();
            Note("rotated " + writer.LivePath);
        }
        else
            for (int lines = _random.Next(1, 8); lines > 0; lines--) writer.Write();
    }

    // Until the pipeline says that nothing on disk is missing in the store, of every file that is written to.
    private async Task CalmDownAsync()
    {
        foreach (LogWriter writer in _writers) writer.Finish();
        await _process.PageAsync();
        bool calm = await Eventually.ComesAsync(CalmLimit, IsCalmAsync);
        Assert.True(calm, $"The backlog stays: {await _process.HealthAsync()}\n{await _process.MetricAsync("logpipeline_bulk")}\n{History}");
    }

    private async Task<bool> IsCalmAsync()
    {
        if (await _process.HealthAsync() is not { } health || health.GetProperty("backlogBytes").GetInt64() > 0) return false;
        // A deleted file that is still open has the name of the one that followed it.
        ILookup<string, long> durable = health.GetProperty("files").EnumerateArray().ToLookup(file => file.GetProperty("path").GetString()!, file => file.GetProperty("durable").GetInt64());
        return _writers.Select(writer => new FileInfo(writer.LivePath)).All(live => live.Length == 0 || durable[live.FullName].Contains(live.Length));
    }
}
