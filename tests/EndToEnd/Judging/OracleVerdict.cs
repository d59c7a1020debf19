using System.Globalization;

namespace LogPipeline.Tests.Judging;

/// <summary>How often what is stored differs from what was written, by kind, with the first examples of each.</summary>
internal sealed class OracleVerdict
{
    private const int Examples = 3;

    private readonly long[] _counts = new long[Enum.GetValues<DifferenceKind>().Length];
    private readonly List<(DifferenceKind Kind, string What)> _examples = [];

    /// <summary>Lines that were written.</summary>
    public long WrittenLines { get; set; }

    public long this[DifferenceKind kind] => _counts[(int)kind];

    public bool IsExact => Array.TrueForAll(_counts, count => count == 0);

    public void Add(DifferenceKind kind, string what, long count = 1)
    {
        _counts[(int)kind] += count;
        if (_examples.Count(example => example.Kind == kind) < Examples) _examples.Add((kind, what));
    }

    /// <summary><c>12,345 lines written: Lost 0, Doubled 0, …</c></summary>
    public string Numbers => string.Create(CultureInfo.InvariantCulture, $"{WrittenLines:N0} lines written: {string.Join(", ", Enum.GetValues<DifferenceKind>().Select(kind => $"{kind} {this[kind]}"))}");

    public override string ToString() => string.Join('\n', [Numbers, .. _examples.Select(example => $"  {example.Kind}: {example.What}")]);
}
