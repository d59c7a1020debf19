using System.Globalization;
using System.Text;
using LogPipeline.Configuration.Values;

namespace LogPipeline.Local.CommandLine.Summaries;

/// <summary>What was left when the process stopped. Nothing of it is lost while the files last: the next run reads it again.</summary>
public sealed record DrainSummary
{
    private const int MaxFiles = 5;

    /// <summary>Records stored and behind a durable position in this run.</summary>
    public required long StoredRecords { get; init; }

    /// <summary>Time from the signal to the end.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Bytes of documents that were under way without an answer when time ran out; 0 when all were answered.</summary>
    public long UnansweredBytes { get; init; }

    /// <summary>Bytes of documents that waited for a store which was never ready; none of them was sent.</summary>
    public long UnsentBytes { get; init; }

    /// <summary>Tenants whose requests the store refuses.</summary>
    public IReadOnlyList<string> HeldTenants { get; init; } = [];

    /// <summary>Files with bytes that are not durable in the store.</summary>
    public IReadOnlyList<FileBacklog> Backlog { get; init; } = [];

    /// <summary>Files whose last record's end no content has shown; part of their backlog.</summary>
    public IReadOnlyList<string> OpenRecords { get; init; } = [];

    /// <summary>Files that were found and could not be opened; nothing of them was read.</summary>
    public IReadOnlyList<FileBacklog> Refused { get; init; } = [];

    /// <summary>The files and the state are deleted with the process: there is no next run.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Everything that the files hold is stored.</summary>
    public bool IsComplete => UnansweredBytes == 0 && UnsentBytes == 0 && Backlog.Count == 0 && Refused.Count == 0 && OpenRecords.Count == 0;

    /// <summary>The lines, each ended by <c>\n</c>.</summary>
    public string Render(TerminalStyle style)
    {
        var text = new StringBuilder();
        string stored = $"{StoredRecords.ToString("N0", CultureInfo.InvariantCulture)} {(StoredRecords == 1 ? "record" : "records")} stored in this run";
        text.Append(style.Bold($"stopped in {Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s")).Append($", {stored}");
        if (IsComplete) return text.Append("; nothing is left\n").ToString();

        text.Append('\n');
        if (UnansweredBytes > 0) Row("no answer", style.Warning($"{ByteSize.Approximate(UnansweredBytes)} were under way when time ran out; they are sent again under the same ids"));
        if (UnsentBytes > 0) Row("not sent", style.Warning($"{ByteSize.Approximate(UnsentBytes)} that waited for the store, which was never ready"));
        if (HeldTenants.Count > 0) Row("held", style.Warning(string.Join(", ", HeldTenants.Take(MaxFiles)) + More(HeldTenants.Count)));
        if (Backlog.Count > 0) Row("backlog", $"{ByteSize.Approximate(Backlog.Sum(file => file.SizeBytes))} in {Backlog.Count} {(Backlog.Count == 1 ? "file" : "files")} not stored yet");
        foreach (var file in Backlog.OrderByDescending(file => file.SizeBytes).Take(MaxFiles)) Row("", $"{ByteSize.Approximate(file.SizeBytes),8}  {file.Path}");
        if (Refused.Count > 0) Row("not read", style.Warning($"{ByteSize.Approximate(Refused.Sum(file => file.SizeBytes))} in {Refused.Count} {(Refused.Count == 1 ? "file" : "files")} that could not be opened: {string.Join(", ", Refused.Take(MaxFiles).Select(file => file.Path))}{More(Refused.Count)}"));
        if (OpenRecords.Count == 1) Row("open", $"the last record's end has not shown: {OpenRecords[0]}");
        else if (OpenRecords.Count > 1) Row("open", $"the last record's end has not shown in {OpenRecords.Count} files: {OpenRecords[0]} and {OpenRecords.Count - 1} more");
        if (!IsDemo) text.Append(style.Dim("  The next run goes on from the last durable position.")).Append('\n');
        return text.ToString();

        void Row(string name, string value) => text.Append("  ").Append(style.Dim(name.PadRight(11))).Append(value).Append('\n');
    }

    private static string More(int count) => count > MaxFiles ? $" and {count - MaxFiles} more" : "";
}
