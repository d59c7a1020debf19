using System.Globalization;
using System.Text;
using LogPipeline.Configuration.Values;
using LogPipeline.Ledger;
using LogPipeline.Ledger.Audit;
using LogPipeline.Local.CommandLine.Summaries;

namespace LogPipeline.Local.Running.Auditing;

/// <summary>An audit's report in words: the verdict first, then what is wrong, then the sums.</summary>
/// <param name="style">Colours or none.</param>
/// <param name="deep">Every id was looked at, and every finding is told.</param>
/// <param name="running">A pipeline runs, so that what is unread is being read.</param>
internal sealed class AuditText(TerminalStyle style, bool deep, bool running)
{
    /// <summary>Files told of each kind of finding that is not wrong; the rest is counted.</summary>
    private const int MaxHarmless = 5;

    /// <summary>Of fewer records a rate says how long a start takes, and nothing of the audit.</summary>
    private const int FewRecords = 10_000;

    private const int NameWidth = 14;

    private readonly StringBuilder _text = new();

    /// <param name="report">What was found.</param>
    /// <param name="elapsed">How long that took.</param>
    public string Render(AuditReport report, TimeSpan elapsed)
    {
        AuditTotals totals = report.Totals;
        AuditFinding[] wrong = [.. report.Findings.Where(finding => finding.IsWrong)];
        int files = wrong.Select(finding => finding.Path).Distinct().Count();
        _text.Append(wrong.Length == 0
            ? style.Bold("nothing is wrong") + $": {Count(totals.LedgerFiles, "file")} in the ledger, and the store has what it says\n"
            : style.Error("WRONG") + style.Bold($": {Count(wrong.Length, "finding")} in {Count(files, "file")}") + "\n");
        foreach (IGrouping<AuditFindingKind, AuditFinding> kind in wrong.GroupBy(finding => finding.Kind)) Tell(kind.Key, Merged(kind), int.MaxValue);
        foreach (IGrouping<AuditFindingKind, AuditFinding> kind in report.Findings.Where(finding => !finding.IsWrong && finding.Kind != AuditFindingKind.InFlight).GroupBy(finding => finding.Kind))
            Tell(kind.Key, Merged(kind), deep ? int.MaxValue : MaxHarmless);
        Sums(totals);
        _text.Append(style.Dim(deep
            ? $"  Compared in {Rate(totals, elapsed)}: every record's id, place and length. Texts are not compared."
            : $"  Compared in {Rate(totals, elapsed)}: records and bytes of every 16 MiB range, no more. Texts are not; --deep looks at every id.")).Append('\n');
        return _text.ToString();
    }

    private static string Rate(AuditTotals totals, TimeSpan elapsed) =>
        totals.Stored.Records < FewRecords ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.0} s ({totals.Stored.Records / elapsed.TotalSeconds:N0} records, {Size((long)(totals.Stored.Bytes / elapsed.TotalSeconds))} of log a second)");

    private void Sums(AuditTotals totals)
    {
        string unread = totals.UnreadBytes == 0 ? "all read" : $"{Size(totals.UnreadBytes)} unread" + (running ? ", being read" : ", for the next run");
        Row("on disk", $"{Size(totals.DiskBytes)} in {Count(totals.DiskFiles, "file")}, {unread}");
        Row("stored", Of(totals.Stored) + (totals.InFlight.Records > 0 ? $"; {Of(totals.InFlight)} more in flight" : ""));
        var rest = new List<string>();
        if (totals.DroppedBytes > 0) rest.Add($"{Size(totals.DroppedBytes)} dropped by policy");
        if (totals.DeadLetters.Records > 0) rest.Add($"{Of(totals.DeadLetters)} dead-lettered");
        if (totals.Expired.Records > 0) rest.Add($"{Of(totals.Expired)} expired");
        if (totals.LostBytes > 0) rest.Add($"{Size(totals.LostBytes)} lost");
        if (totals.Gaps > 0) rest.Add(Count(totals.Gaps, "gap"));
        if (rest.Count > 0) Row("not stored", string.Join(", ", rest));
    }

    private void Tell(AuditFindingKind kind, List<(AuditFinding First, AuditFinding Last)> findings, int most)
    {
        foreach ((AuditFinding first, AuditFinding last) in findings.Take(most))
        {
            string name = NameOf(kind).PadRight(NameWidth);
            var amounts = new List<string>();
            if (first.Records > 0) amounts.Add(Count(first.Records, "record"));
            if (first.Bytes != 0) amounts.Add(Exact(first.Bytes));
            _text.Append("  ").Append(first.IsWrong ? style.Error(name) : style.Dim(name)).Append(string.Join(", ", amounts)).Append("  ").Append(first.Path);
            if (first.Range is { } range) _text.Append($"  {Span(range, last.Range ?? range)}");
            if (first.Detail.Length > 0) _text.Append(style.Dim($"  ({first.Detail})"));
            _text.Append('\n');
        }
        if (findings.Count <= most) return;
        long bytes = findings.Skip(most).Sum(finding => finding.First.Bytes);
        Row(NameOf(kind), $"and {Size(bytes)} in {findings.Count - most} more; --deep tells all");
    }

    // Neighbouring ranges of one file with the same kind of finding are one line.
    private static List<(AuditFinding First, AuditFinding Last)> Merged(IEnumerable<AuditFinding> findings)
    {
        var merged = new List<(AuditFinding First, AuditFinding Last)>();
        foreach (AuditFinding finding in findings)
        {
            if (merged.Count > 0 && merged[^1] is var (first, last) && finding.Kind is AuditFindingKind.Missing or AuditFindingKind.Expired or AuditFindingKind.ExpiredInPart or AuditFindingKind.DeadLetterMissing
                && last.File == finding.File && last.Range + 1 == finding.Range)
            {
                merged[^1] = (first with { Records = first.Records + finding.Records, Bytes = first.Bytes + finding.Bytes, Detail = first.Detail == finding.Detail ? first.Detail : "" }, finding);
            }
            else merged.Add((finding, finding));
        }
        return merged;
    }

    private void Row(string name, string value) => _text.Append("  ").Append(style.Dim(name.PadRight(NameWidth))).Append(value).Append('\n');

    private static string NameOf(AuditFindingKind kind) => kind switch
    {
        AuditFindingKind.DeadLetterMissing => "dead letters",
        AuditFindingKind.ForeignId => "foreign id",
        AuditFindingKind.ExpiredInPart => "expired part",
        AuditFindingKind.InFlight => "in flight",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string Span(int first, int last)
    {
        string name = first == last ? $"range {first}" : $"ranges {first}-{last}";
        return $"{name} [{first * RangeCount.RangeBytes}, {(last + 1) * RangeCount.RangeBytes})";
    }

    private static string Of(StoreCount count) => $"{Count(count.Records, "record")}, {Size(count.Bytes)}";

    private static string Count(long number, string noun) => $"{number.ToString("N0", CultureInfo.InvariantCulture)} {noun}{(number == 1 ? "" : "s")}";

    private static string Exact(long bytes) => Count(bytes, "byte");

    private static string Size(long bytes) => ByteSize.Approximate(bytes);
}
