using System.Text.Json;
using LogPipeline.Configuration;
using LogPipeline.Ledger.State;
using LogPipeline.Local.Search.Connections;
using LogPipeline.Local.Search;
using LogPipeline.Local.Store;

namespace LogPipeline.Local.Running;

/// <summary>
/// The store of a pipeline that may or may not be running, for the commands that look at it: the configured server, the embedded store of the process
/// that has the state directory, or, when nobody has it, the embedded store opened here (and the state directory locked meanwhile).
/// </summary>
internal sealed class StoreAccess : IAsyncDisposable
{
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(30);

    private readonly Stack<IAsyncDisposable> _owned = [];

    private StoreAccess(HttpClient client) => Client = client;

    /// <summary>Carries credentials.</summary>
    public HttpClient Client { get; }

    /// <summary>The store.</summary>
    public StoreAddresses Addresses { get; private set; } = new();

    /// <summary>The process that has the state directory; null when no pipeline runs with it.</summary>
    public StateDirectoryLockInfo? Pipeline { get; private set; }

    /// <summary>Throws <see cref="IOException"/> when the store cannot be reached, and what the file system says of the embedded one.</summary>
    public static async Task<StoreAccess> OpenAsync(PipelineOptions options, CancellationToken stop)
    {
        var access = new StoreAccess(RunningPipeline.SearchClientOf(options.Store));
        try
        {
            string state = options.Ledger.StateDirectory;
            access.Pipeline = Directory.Exists(state) ? StateDirectoryLock.ReadHolder(state) : null;
            if (!options.Store.IsEmbedded) await access.GreetAsync(StoreAddress.Configured(options.Store), stop);
            else if (access.Pipeline is { } pipeline) await access.GreetAsync([Endpoint(pipeline, state)], stop);
            else await access.ServeAsync(options, stop);
            return access;
        }
        catch
        {
            await access.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out IAsyncDisposable? owned)) await owned.DisposeAsync();
        Client.Dispose();
    }

    private static Uri Endpoint(StateDirectoryLockInfo pipeline, string state)
    {
        if (pipeline.Endpoint.Length == 0) throw new IOException($"{pipeline} has {state} and does not answer yet; try again in a moment");
        return StoreAddress.Embedded(new Uri(pipeline.Endpoint));
    }

    private async Task ServeAsync(PipelineOptions options, CancellationToken stop)
    {
        string state = options.Ledger.StateDirectory, path = options.Store.Embedded.Path;
        if (!Directory.Exists(path)) throw new IOException($"there is no embedded store in {path}; --state or --store names another place");
        StateDirectoryLock held = StateDirectoryLock.TryAcquire(state, StateDirectoryLockInfo.OfThisProcess(TimeProvider.System), out StateDirectoryLockInfo? holder)
            ?? throw new StateInUseException(state, holder);
        Own(held);
        // Whoever only looks deletes nothing: the bounds may be others in the configuration of the pipeline that writes here.
        var unbounded = new EmbeddedStoreOptions { Path = path, MaxBytes = long.MaxValue, MaxAge = TimeSpan.FromDays(36_500) };
        EmbeddedStore store = EmbeddedStore.Open(path, unbounded, TimeProvider.System);
        _owned.Push(store);
        WebServer server = await WebServer.StartStoreAsync(store);
        _owned.Push(server);
        await GreetAsync([StoreAddress.Embedded(server.Address)], stop);
    }

    // The first that answers as a store does. Another server would answer every question with 404, which looks like an empty store.
    private async Task GreetAsync(Uri[] addresses, CancellationToken stop)
    {
        string refusal = "";
        Addresses = new StoreAddresses(addresses);
        foreach (Uri address in addresses)
        {
            SearchOutcome<StoreAnswer> outcome = await new StoreClient(Client, new StoreAddresses(address), GreetingTimeout).SendAsync(HttpMethod.Get, "", default, stop);
            if (!outcome.TryGet(out StoreAnswer? answer, out SearchFailure? failure))
            {
                refusal = failure.Message;
                continue;
            }
            using (answer)
            {
                Addresses.Answered(address);
                if (answer.Document is { RootElement.ValueKind: JsonValueKind.Object } info && info.RootElement.TryGetProperty("version", out _)) return;
                refusal = $"what answers at {address} is no store; is the pipeline running with another --store?";
            }
        }
        throw new IOException(refusal);
    }

    private void Own(IDisposable disposable) => _owned.Push(new AsyncOwner(disposable));

    private sealed class AsyncOwner(IDisposable disposable) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            disposable.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
