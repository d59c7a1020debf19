namespace LogPipeline.Tests.Simulation;

/// <summary>What the oracle found, each kind a number of its own.</summary>
internal sealed class Findings
{
    public List<string> Lost { get; } = [];
    public List<string> Doubled { get; } = [];
    public List<string> Overlapping { get; } = [];
    public List<string> WrongText { get; } = [];
    public List<string> WrongOrder { get; } = [];
    public List<string> WrongTenant { get; } = [];
    public List<string> WrongIndex { get; } = [];
    public List<string> Misreported { get; } = [];
    public List<string> WrongAccount { get; } = [];
    public List<string> Undurable { get; } = [];

    public List<string> Stuck { get; } = [];
    public List<string> Changed { get; } = [];

    public long ReportedBytes { get; set; }

    /// <summary>Those of <see cref="ReportedBytes"/> that had to be right to the byte: of files that were open when they were destroyed.</summary>
    public long ExactBytes { get; set; }

    public int Gaps { get; set; }

    /// <summary>Copies that were stored once more because what was stored of their original ended behind them.</summary>
    public int CopyWindows { get; set; }

    public bool None => Kinds.All(kind => kind.Found.Count == 0);

    private IEnumerable<(string Name, List<string> Found)> Kinds =>
    [
        ("lost", Lost), ("doubled", Doubled), ("overlapping", Overlapping), ("wrong text", WrongText), ("wrong order", WrongOrder), ("wrong tenant", WrongTenant),
        ("wrong index", WrongIndex), ("misreported", Misreported), ("wrong account", WrongAccount), ("sent before durable", Undurable), ("stuck", Stuck), ("changed", Changed),
    ];

    public override string ToString() =>
        string.Join(", ", Kinds.Where(kind => kind.Found.Count > 0).Select(kind => $"{kind.Found.Count} {kind.Name}")) + "\n  "
        + string.Join("\n  ", Kinds.SelectMany(kind => kind.Found.Take(2).Select(text => $"{kind.Name}: {text}")));
}
