using LogPipeline.Indexing.Connections;
using LogPipeline.Indexing.Setup;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Observability;

namespace LogPipeline.Local.Running.Setup;

/// <summary>
/// <c>pipeline setup</c>: index templates, retention policies, and what OpenSearch Dashboards shows logs with. Safe to repeat: what is there already is left alone, or put
/// right.
/// </summary>
internal sealed class SetupCommand(SetupSettings settings, TextWriter output, TextWriter error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The exit code: 1 when anything was refused.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var options = settings.Options;
        if (options.Store.IsEmbedded) throw new InvalidOperationException("the embedded store needs no setup, and has its retention in store.embedded; --store names an OpenSearch");
        TimeProvider time = TimeProvider.System;
        using var store = new StoreConnection(StoreAddress.Configured(options.Store), options.Store, options.Indexing, StoreConnection.CreateHandler(options.Store), time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        var setup = new StoreSetup(store, options.Indexing, ConsoleLog.ForProcess(), time);
        try
        {
            await setup.RunAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"the index templates could not be put within {Patience.TotalSeconds} s");
        }
        await output.WriteLineAsync("index templates: there");
        bool sound = await PutRetentionAsync(store, setup.Server!.Value, stop);
        if (settings.Dashboards is { } dashboards) sound &= await Tell(await new DashboardsSetup(dashboards, options.Store).PutAsync(IndexTemplates.PatternOf(options.Indexing.Index), stop));
        return sound ? ExitCode.Success : ExitCode.Wrong;
    }

    private async Task<bool> PutRetentionAsync(StoreConnection store, ServerVersion server, CancellationToken stop)
    {
        IReadOnlyList<RetentionPolicy> policies = RetentionPolicies.Of(settings.Options.Tenancy, settings.Options.Indexing.Index);
        if (policies.Count == 0)
        {
            await output.WriteLineAsync("retention: none asked for (tenancy.keep, tenancy.rules[].keep)");
            return true;
        }
        if (!server.IsOpenSearch) return await Tell((false, $"{server} has no index state management: retention has to be put there as a lifecycle policy"));
        bool sound = true;
        var setup = new RetentionSetup(store);
        foreach (RetentionPolicy policy in policies) sound &= await Tell(await setup.PutAsync(policy, stop));
        return sound;
    }

    private async Task<bool> Tell((bool Done, string What) result)
    {
        await (result.Done ? output : error).WriteLineAsync(result.Done ? result.What : $"pipeline: {result.What}");
        return result.Done;
    }
}
