using System.Globalization;
using System.Text;

namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>What can be said of a run, simulated or measured. Times are seconds after its cause.</summary>
/// <param name="samples">Of the whole run, in its order.</param>
/// <param name="causeSecond">When the load or the store changed.</param>
internal sealed class ScalingFigures(IReadOnlyList<ScalingSample> samples, int causeSecond)
{
    private readonly ScalingSample _before = samples.Last(sample => sample.Second <= causeSecond);

    /// <summary>The first change of the number of aggregators that are asked for; null when there is none.</summary>
    public int? FirstChange => SecondOf(sample => sample.Replicas != _before.Replicas);

    /// <summary>An aggregator more than before the cause stores; null when none does.</summary>
    public int? FirstNewStores => SecondOf(sample => sample.Ready > _before.Ready);

    /// <summary>The first time that fewer are asked for than before; null when there is none.</summary>
    public int? FirstFall => samples.Zip(samples.Skip(1)).Where(pair => pair.Second.Replicas < pair.First.Replicas).Select(pair => (int?)pair.Second.Second - causeSecond).FirstOrDefault();

    /// <summary>Of aggregators that store.</summary>
    public int Most => samples.Max(sample => sample.Ready);

    /// <summary>Bytes.</summary>
    public double MostWaiting => samples.Max(sample => sample.Backlog);

    /// <summary>From here on less than this many bytes wait; null when more never did.</summary>
    public int? WaitsLessThan(double bytes) => samples.Where(sample => sample.Backlog >= bytes).Select(sample => (int?)sample.Second + 1 - causeSecond).LastOrDefault();

    /// <summary>By how many the number changed, each time.</summary>
    public int[] Steps => [.. samples.Zip(samples.Skip(1)).Select(pair => pair.Second.Replicas - pair.First.Replicas).Where(change => change != 0)];

    /// <summary>How often the number rose after it had fallen, or fell after it had risen.</summary>
    public int Turns => Steps.Zip(Steps.Skip(1)).Count(pair => Math.Sign(pair.First) != Math.Sign(pair.Second));

    /// <summary>A Markdown table with a column a run.</summary>
    public static string Table(string corner, IReadOnlyList<string> columns, params (string What, Func<int, string> Value)[] rows)
    {
        var text = new StringBuilder("| ").Append(corner).Append(" |");
        foreach (string column in columns) text.Append(' ').Append(column).Append(" |");
        text.Append("\n|---|").Insert(text.Length, "---|", columns.Count).Append('\n');
        foreach ((string what, Func<int, string> value) in rows)
        {
            text.Append("| ").Append(what).Append(" |");
            for (int column = 0; column < columns.Count; column++) text.Append(' ').Append(value(column)).Append(" |");
            text.Append('\n');
        }
        return text.ToString();
    }

    public static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private int? SecondOf(Func<ScalingSample, bool> condition) => samples.Where(sample => sample.Second > causeSecond && condition(sample)).Select(sample => (int?)sample.Second - causeSecond).FirstOrDefault();
}
