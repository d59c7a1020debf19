using LogPipeline.Configuration;
using LogPipeline.Indexing;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Ledger.State;
using LogPipeline.Ledger.Whereabouts;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.Running.Auditing;

namespace LogPipeline.Local.Running.Explaining;

/// <summary><c>pipeline explain</c>: where one line is now, by what ledger, disk, store and the running process say.</summary>
internal sealed class ExplainCommand(ExplainSettings settings, TextWriter output, TextWriter error)
{
    private readonly TerminalStyle _style = TerminalStyle.For(Console.IsOutputRedirected, Environment.GetEnvironmentVariable);

    /// <summary>The exit code. Throws <see cref="IOException"/> when neither the ledger nor the files can be read.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        Explanation explanation = await ExplainAsync(stop);
        await output.WriteAsync(new ExplainText(_style, DateTimeOffset.UtcNow).Render(explanation));
        return explanation.Fate switch
        {
            LineFate.Stored or LineFate.Rejected or LineFate.Acknowledged or LineFate.Dropped => ExitCode.Success,
            LineFate.InFlight or LineFate.Unread or LineFate.Unterminated => ExitCode.NotYet,
            _ => ExitCode.Wrong,
        };
    }

    private async Task<Explanation> ExplainAsync(CancellationToken stop)
    {
        PipelineOptions options = settings.Options;
        string state = options.Ledger.StateDirectory;
        StateDirectoryLockInfo? pipeline = Directory.Exists(state) ? StateDirectoryLock.ReadHolder(state) : null;
        (StoreAccess? access, string? silence) = await OpenStoreAsync(options, stop);
        await using StoreAccess? owned = access;
        PositionLedger? ledger = RecordedLedger.Read(options.Ledger, out IReadOnlyList<string> damage);
        foreach (string finding in damage) await error.WriteLineAsync($"pipeline: {finding}");

        LinePlace place = LinePlace.Find(settings.Target, options, ledger);
        RecordFinder? finder = access is null ? null : new RecordFinder(access, IndexSelection.Of(RunningPipeline.Wildcard(options), ledger?.Files ?? []));
        Covering? covering = null;
        ExistingIndices? indices = null;
        try
        {
            if (finder is not null)
            {
                var inventory = new StoreInventory(access!, RunningPipeline.Wildcard(options), ledger?.Files ?? []);
                await inventory.RefreshAsync(stop);
                covering = await new CoveringRecord(finder, place, ledger).FindAsync(settings.Target.RecordId, stop);
                indices = await inventory.IndicesAsync(stop);
            }
        }
        catch (IOException refused)
        {
            // Ledger and disk still tell most of it, and just then it is asked for.
            silence = refused.Message;
        }
        string? tenant = place.File?.PinAt(place.OffsetBytes).Tenant;
        ProcessReport process = pipeline is null ? new ProcessReport() : await ProcessReport.AskAsync(pipeline, place.Path, tenant, stop);
        var evidence = new LineEvidence
        {
            File = place.File, OffsetBytes = place.OffsetBytes, Lane = place.Line?.Lane, FileOnDisk = place.OnDisk, ByteOnDisk = place.Line is not null,
            Unterminated = place.Line is { Terminated: false } && place.Listed is { File.Live: true }, Named = place.Listed is not null, Unreadable = place.Hint is not null, History = place.Listed is { History: true },
            StoreAnswers = silence is null, HasRecord = covering?.Record is not null, HasDeadLetter = covering is { IsDeadLetter: true }, Indices = indices, Running = pipeline is not null, ReadToBytes = process.ReadToBytes,
        };
        return new Explanation
        {
            Fate = LineVerdict.Of(evidence), OffsetBytes = place.OffsetBytes, Path = place.Path, Evidence = evidence, File = place.File, Line = place.Line, Record = covering?.Record, BeginsIn = covering?.BeginsIn,
            DiskBytes = place.SizeBytes, Pipeline = pipeline, Process = process, StoreSilence = silence, Hint = place.Hint ?? process.UnreadableHint,
        };
    }

    private static async Task<(StoreAccess? Access, string? Silence)> OpenStoreAsync(PipelineOptions options, CancellationToken stop)
    {
        try
        {
            return (await StoreAccess.OpenAsync(options, stop), null);
        }
        catch (Exception silent) when (silent is IOException or StateInUseException or InvalidDataException or InvalidOperationException)
        {
            return (null, silent.Message);
        }
    }
}
