using LogPipeline.Configuration;
using LogPipeline.Ledger.Audit;
using LogPipeline.Ledger;
using LogPipeline.Local.CommandLine.Summaries;
using LogPipeline.Local.CommandLine;
using LogPipeline.Local.Running.Auditing;
using LogPipeline.Sources;
using LogPipeline.Tailing;

namespace LogPipeline.Local.Running;

/// <summary><c>pipeline audit</c>: gathers what ledger, disk and store hold, compares, says what is wrong.</summary>
internal sealed class AuditCommand(AuditSettings settings, TextWriter output, TextWriter error)
{
    private readonly TerminalStyle _style = TerminalStyle.For(Console.IsOutputRedirected, Environment.GetEnvironmentVariable);

    /// <summary>The exit code. Throws <see cref="IOException"/> and <see cref="StateInUseException"/> when it cannot be compared.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        long started = TimeProvider.System.GetTimestamp();
        PipelineOptions options = settings.Options;
        // A running pipeline goes on meanwhile. In this order, whatever the ledger has is on disk and in the store when those are looked at.
        await using StoreAccess access = await StoreAccess.OpenAsync(options, stop);
        PositionLedger ledger = RecordedLedger.Read(options.Ledger, out IReadOnlyList<string> damage)
            ?? throw new IOException($"no pipeline ever ran with {options.Ledger.StateDirectory}; --state names the directory");
        foreach (string finding in damage) await error.WriteLineAsync($"pipeline: {finding}");
        IReadOnlyList<FileCheckpoint> files = ledger.Files;
        DiskListing disk = DiskListing.Take(options, ledger);
        foreach (Sources.UnreadableFile file in disk.Unreadable) await error.WriteLineAsync($"pipeline: {file.Path} cannot be read: {file.Hint}");

        var inventory = new StoreInventory(access, RunningPipeline.Wildcard(options), files);
        if (await inventory.RefreshAsync(stop) is { } reason) await error.WriteLineAsync($"pipeline: the newest records may not show, as the store was not refreshed: {reason}");
        ExistingIndices indices = await inventory.IndicesAsync(stop);
        var stored = new Dictionary<FileId, StoredFile>();
        IReadOnlyList<AuditFinding> tilings = [];
        ILookup<FileId, StoredRecord> deadLetters = await DeadLettersAsync(inventory, files, stored, stop);
        if (settings.Deep) tilings = await new DeepComparison(inventory, indices, deadLetters, stored).RunAsync(files, stop);
        else await inventory.CountAsync(files, stored, stop);

        AuditReport report = LedgerAudit.Compare(new AuditEvidence { Files = files, Stored = stored, Disk = disk.Files, Gone = access.Pipeline is null ? disk.Gone() : [], Indices = indices }).With(tilings);
        await output.WriteAsync(new AuditText(_style, settings.Deep, running: access.Pipeline is not null).Render(report, TimeProvider.System.GetElapsedTime(started)));
        return report.IsWrong ? ExitCode.Wrong : ExitCode.Success;
    }

    // There are few of them, and a dead letter in parts must count once: they are listed, not summed up by the store.
    private static async Task<ILookup<FileId, StoredRecord>> DeadLettersAsync(StoreInventory inventory, IReadOnlyList<FileCheckpoint> files, Dictionary<FileId, StoredFile> stored, CancellationToken stop)
    {
        var letters = new List<(FileId File, StoredRecord Record)>();
        await foreach ((FileId File, StoredRecord Record) letter in inventory.ListDeadLettersAsync(files, stop)) letters.Add(letter);
        foreach ((FileId id, StoredRecord record) in letters) StoredFile.Of(stored, id).AddDeadLetter(RangeCount.IndexOf(record.OffsetBytes), new(1, record.LengthBytes));
        return letters.ToLookup(letter => letter.File, letter => letter.Record);
    }
}
