using LogPipeline.Configuration;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Demo;
using LogPipeline.Local.Workers;
using LogPipeline.Observability;
using LogPipeline.Sources;

namespace LogPipeline.Local.Running;

/// <summary><c>pipeline run</c>: starts, says what it does, runs until it is told to stop or has nothing to do, drains, says what was left.</summary>
internal sealed class RunCommand(RunSettings settings, TextWriter output, IPipelineLog log)
{
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(50);

    private readonly TerminalStyle _style = TerminalStyle.For(Console.IsOutputRedirected, Environment.GetEnvironmentVariable);

    public async Task<int> RunAsync(CancellationToken stop)
    {
        SocketThreads.Use(RunningPipeline.Workers, Environment.GetEnvironmentVariable, Environment.SetEnvironmentVariable);
        PipelineOptions options = settings.Options;
        using DemoWriter? demo = settings.Demo ? new DemoWriter(DemoWriter.CreateFolder(), Environment.TickCount, TimeProvider.System) : null;
        demo?.Configure(options);
        demo?.WriteHistory();
        using var demoStop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task demoRun = Task.CompletedTask;
        bool complete;
        try
        {
            await using RunningPipeline pipeline = await RunningPipeline.StartAsync(options, log);
            if (demo is not null) demoRun = RunDemo(demo, demoStop.Token);
            await output.WriteAsync(Summary(options, pipeline, demo, await pipeline.ReplayBytes).Render(_style));
            bool idle = await UntilTold(pipeline, stop);
            complete = await Drain(pipeline) && idle;
        }
        finally
        {
            await demoStop.CancelAsync();
            await demoRun;
            if (demo is not null) Directory.Delete(demo.Folder, recursive: true);
        }
        return complete || settings.UntilIdle is null ? ExitCode.Success : ExitCode.Wrong;
    }

    // Until SIGTERM or Ctrl-C, or, where asked, until nothing new has come for so long and all is stored: true then. Only who asked is worth waking up for.
    private async Task<bool> UntilTold(RunningPipeline pipeline, CancellationToken stop)
    {
        if (settings.UntilIdle is not { } idle)
        {
            var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using CancellationTokenRegistration registered = stop.Register(told.SetResult);
            await told.Task;
            return false;
        }
        using var tick = new PeriodicTimer(IdlePoll);
        long idleSince = TimeProvider.System.GetTimestamp(), read = -1;
        try
        {
            while (await tick.WaitForNextTickAsync(stop))
            {
                if (!pipeline.IsIdle || pipeline.ReadBytes != read)
                {
                    read = pipeline.ReadBytes;
                    idleSince = TimeProvider.System.GetTimestamp();
                }
                else if (TimeProvider.System.GetElapsedTime(idleSince) >= idle) return true;
            }
        }
        catch (OperationCanceledException)
        {
            // told to stop: what was read is drained below
        }
        return false;
    }

    private async Task<bool> Drain(RunningPipeline pipeline)
    {
        long started = TimeProvider.System.GetTimestamp();
        await pipeline.DrainAsync();
        IReadOnlyList<WorkerStatus> statuses = await pipeline.FreshStatusesAsync();
        var summary = new DrainSummary
        {
            StoredRecords = pipeline.StoredRecords,
            IsDemo = settings.Demo,
            Elapsed = TimeProvider.System.GetElapsedTime(started),
            UnansweredBytes = pipeline.IsStoreReady ? pipeline.UnansweredBytes : 0,
            UnsentBytes = pipeline.IsStoreReady ? 0 : pipeline.UnansweredBytes,
            HeldTenants = pipeline.HeldTenants,
            Backlog = [.. statuses.SelectMany(status => status.Files).Where(file => file.BacklogBytes > 0).Select(file => new FileBacklog(file.Path, file.BacklogBytes))],
            Refused = [.. statuses.SelectMany(status => status.Refused).Select(file => new FileBacklog(file.Path, file.SizeBytes))],
            OpenRecords = [.. statuses.SelectMany(status => status.OpenRecords)],
        };
        await output.WriteAsync(summary.Render(_style));
        return summary.UnansweredBytes == 0 && summary.UnsentBytes == 0 && summary.HeldTenants.Count == 0 && summary.Refused.Count == 0 && pipeline.IsIdle;
    }

    private async Task RunDemo(DemoWriter demo, CancellationToken stop)
    {
        try
        {
            await demo.Run(stop);
        }
        catch (OperationCanceledException)
        {
            // the demo ends with the pipeline
        }
        catch (IOException failed)
        {
            log.Write(PipelineLogLevel.Warning, LogEvents.DemoFailed, $"The demo writes no more: {failed.Message}");
        }
    }

    private static StartupSummary Summary(PipelineOptions options, RunningPipeline pipeline, DemoWriter? demo, long replayBytes) => new()
    {
        Sources = [.. pipeline.Streams.GroupBy(stream => stream.Kind).Select(CountOf), .. pipeline.Streams.Count == 0 ? options.Sources.Select(Awaited) : []],
        Unreadable = pipeline.Unreadable,
        Store = StartupSummary.Describe(options.Store),
        Index = options.Indexing.Index,
        StateDirectory = options.Ledger.StateDirectory,
        ReplayBytes = replayBytes,
        Page = StoreAddress.ReachableFromHere(pipeline.Page).ToString(),
        ListensEverywhere = StoreAddress.ListensEverywhere(pipeline.Page),
        DemoFolder = demo?.Folder,
    };

    private static SourceCount Awaited(SourceOptions source) => new(source.Path, source.Format, 0, 0);

    private static SourceCount CountOf(IGrouping<SourceKind, DiscoveredStream> kind)
    {
        string[] formats = [.. kind.Select(stream => stream.Format.ToString().ToLowerInvariant()).Distinct()];
        DiscoveredFile[] files = [.. kind.SelectMany(stream => stream.Files)];
        return new SourceCount(kind.Key switch { SourceKind.Kubelet => "kubelet", SourceKind.Docker => "docker", _ => "plain files" }, formats.Length == 1 ? formats[0] : "auto", files.Length, files.Sum(file => file.SizeBytes));
    }
}
