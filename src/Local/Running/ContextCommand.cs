using LogPipeline.Configuration;
using LogPipeline.Ledger;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Running.Auditing;
using LogPipeline.Local.Search.Results;
using LogPipeline.Local.Search;

namespace LogPipeline.Local.Running;

/// <summary><c>pipeline context</c>: the records around one in its own sub-stream, across rotated files.</summary>
internal sealed class ContextCommand(ContextSettings settings, TextWriter output, TextWriter error)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly TerminalStyle _style = TerminalStyle.For(Console.IsOutputRedirected, Environment.GetEnvironmentVariable);

    /// <summary>The exit code. Throws <see cref="IOException"/> and <see cref="StateInUseException"/> when the store cannot be asked.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        PipelineOptions options = settings.Options;
        await using StoreAccess access = await StoreAccess.OpenAsync(options, stop);
        PositionLedger? ledger = RecordedLedger.Read(options.Ledger, out _);
        string indices = IndexSelection.Of(RunningPipeline.Wildcard(options), ledger?.Files ?? []);
        (string Index, string Id)? found = await new RecordLocator(access, indices).FindAsync(settings.Target, options, ledger, stop);
        if (found is not { } record)
        {
            await error.WriteLineAsync($"pipeline: {(settings.Target.RecordId is { } id ? id : $"{settings.Target.File}:{settings.Target.OffsetBytes}")} is not in the store");
            return ExitCode.Wrong;
        }
        var search = new LogSearch(access.Client, access.Addresses, Timeout, indices);
        LogContext context = await AroundAsync(search, record.Index, record.Id, stop);
        await output.WriteAsync(new ContextText(_style).Render(context));
        return ExitCode.Success;
    }

    // A question has a limit of records: the outermost one's context goes on where it ends.
    private async Task<LogContext> AroundAsync(LogSearch search, string index, string id, CancellationToken stop)
    {
        const int Most = LogSearch.MaxPageSize - 1;
        LogContext context = await AskAsync(search, index, id, Math.Min(Most, settings.Before), Math.Min(Most, settings.After), stop);
        while (context.MoreBefore && context.Before.Count < settings.Before)
        {
            LogContext older = await AskAsync(search, context.Before[0].Index, context.Before[0].Id, Math.Min(Most, settings.Before - context.Before.Count), 0, stop);
            context = context with { Before = [.. older.Before, .. context.Before], MoreBefore = older.MoreBefore };
        }
        while (context.MoreAfter && context.After.Count < settings.After)
        {
            LogContext newer = await AskAsync(search, context.After[^1].Index, context.After[^1].Id, 0, Math.Min(Most, settings.After - context.After.Count), stop);
            context = context with { After = [.. context.After, .. newer.After], MoreAfter = newer.MoreAfter };
        }
        return context;
    }

    private static async Task<LogContext> AskAsync(LogSearch search, string index, string id, int before, int after, CancellationToken stop)
    {
        SearchOutcome<LogContext> outcome = await search.ContextAsync(index, id, before, after, stop);
        return outcome.TryGet(out LogContext? context, out SearchFailure? failure) ? context : throw new IOException(failure.Message);
    }
}
