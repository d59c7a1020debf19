using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Observability;
using LogPipeline.Local.Running.Benching;
using LogPipeline.Local.Running.Explaining;
using LogPipeline.Local.Running.Setup;
using LogPipeline.Local.Store;

namespace LogPipeline.Local.Running;

/// <summary>What the commands of <c>pipeline</c> do.</summary>
public sealed class Commands(TextWriter output, TextWriter error) : ICommands
{
    public Task<int> Run(RunSettings settings, CancellationToken stop) => Guarded(() => new RunCommand(settings, output, ConsoleLog.ForProcess()).RunAsync(stop), stop);

    public Task<int> Audit(AuditSettings settings, CancellationToken stop) => Guarded(() => new AuditCommand(settings, output, error).RunAsync(stop), stop);

    public Task<int> Context(ContextSettings settings, CancellationToken stop) => Guarded(() => new ContextCommand(settings, output, error).RunAsync(stop), stop);

    public Task<int> Explain(ExplainSettings settings, CancellationToken stop) => Guarded(() => new ExplainCommand(settings, output, error).RunAsync(stop), stop);

    public Task<int> Bench(BenchSettings settings, CancellationToken stop) => Guarded(() => new BenchCommand(settings, output, error, ConsoleLog.ForProcess()).RunAsync(stop), stop);

    public Task<int> BenchSink(CancellationToken stop) => Guarded(() => SinkProcess.RunAsync(output, stop), stop);

    public Task<int> Setup(SetupSettings settings, CancellationToken stop) => Guarded(() => new SetupCommand(settings, output, error).RunAsync(stop), stop);

    // What hinders a command from beginning is said in one line; nothing was changed by it.
    private async Task<int> Guarded(Func<Task<int>> command, CancellationToken stop)
    {
        try
        {
            return await command();
        }
        catch (Exception refused) when (refused is StateInUseException or StoreLockedException or IOException or InvalidDataException or UnauthorizedAccessException or InvalidOperationException)
        {
            await error.WriteLineAsync($"pipeline: {refused.Message}");
            return ExitCode.CannotStart;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped before there was an answer.
            return ExitCode.CannotStart;
        }
    }
}
