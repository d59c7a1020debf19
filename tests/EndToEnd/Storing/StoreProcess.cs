using LogPipeline.Local.Running;
using LogPipeline.Tests.Running;

namespace LogPipeline.Tests.Storing;

/// <summary>The embedded store in a process of its own, on disk: it can be killed like any server, and keeps what it acknowledged.</summary>
internal sealed class StoreProcess : IAsyncDisposable
{
    private readonly Workspace _workspace = new();
    private readonly string _configuration;
    private PipelineProcess _process;
    private Uri? _page;

    private StoreProcess()
    {
        _workspace.Read(_workspace.PathOf("nothing") + "/*.log");
        _configuration = _workspace.Configuration("embedded");
        _process = PipelineProcess.Start("run", "--config", _configuration);
    }

    public static async Task<StoreProcess> StartAsync()
    {
        var store = new StoreProcess();
        store._page = await store._process.PageAsync();
        return store;
    }

    /// <summary>Where its process listens. Throws when it is down.</summary>
    public Uri Page => Volatile.Read(ref _page) ?? throw new InvalidOperationException("the store is down");

    /// <summary>Of its API, with a slash at the end; null while it is down.</summary>
    public Uri? Address => Volatile.Read(ref _page) is { } page ? new Uri(page, WebServer.StorePrefix.TrimStart('/') + "/") : null;

    public int Crashes { get; private set; }

    /// <summary>SIGKILL, and a new process over the same files.</summary>
    public async Task CrashAsync()
    {
        Volatile.Write(ref _page, null);
        await _process.KillAsync();
        await _process.DisposeAsync();
        Crashes++;
        _process = PipelineProcess.Start("run", "--config", _configuration);
        Volatile.Write(ref _page, await _process.PageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _workspace.Dispose();
    }
}
