using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Observability;
using LogPipeline.Observability;

namespace LogPipeline.Local.Running;

/// <summary>What the commands of <c>pipeline</c> do.</summary>
public sealed class Commands(TextWriter output, TextWriter error) : ICommands
{
    public async Task<int> Run(RunSettings settings, CancellationToken stop)
    {
        try
        {
            return await new RunCommand(settings, output, ConsoleLog.ForProcess()).RunAsync(stop);
        }
        catch (Exception refused) when (refused is StateInUseException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            await error.WriteLineAsync($"pipeline: {refused.Message}");
            return ExitCode.CannotStart;
        }
    }

    public Task<int> Audit(AuditSettings settings, CancellationToken stop) => Task.FromResult(ExitCode.CannotStart);

    public Task<int> Context(ContextSettings settings, CancellationToken stop) => Task.FromResult(ExitCode.CannotStart);
}
