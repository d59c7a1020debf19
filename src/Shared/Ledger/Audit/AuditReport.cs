namespace LogPipeline.Ledger.Audit;

/// <summary>The outcome of an audit: findings by kind (the gravest first), then path, then range.</summary>
public sealed record AuditReport(IReadOnlyList<AuditFinding> Findings, AuditTotals Totals)
{
    public bool IsWrong => Findings.Any(finding => finding.IsWrong);

    /// <summary>With more findings, put in order.</summary>
    public AuditReport With(IEnumerable<AuditFinding> more) => this with { Findings = Ordered(Findings.Concat(more)) };

    internal static AuditFinding[] Ordered(IEnumerable<AuditFinding> findings) =>
        [.. findings.OrderBy(finding => finding.Kind).ThenBy(finding => finding.Path, StringComparer.Ordinal).ThenBy(finding => finding.File?.Value ?? 0).ThenBy(finding => finding.Range ?? -1)];
}
