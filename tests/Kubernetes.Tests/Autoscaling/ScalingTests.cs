using System.Globalization;
using System.Text;

namespace LogPipeline.Tests.Kubernetes.Autoscaling;

/// <summary>How the number of aggregators follows a load. The report and the plot of docs/autoscaling.md are written with UPDATE_DOCS=1.</summary>
public sealed class ScalingTests
{
    private const double MB = 1e6;
    private const int Minute = 60, Begin = 5 * Minute;

    private static ScalingSimulation Simulation(Func<int, double> written, Func<int, bool>? takes = null) =>
        new() { Capacity = 100 * MB, StartSeconds = 30, Written = written, StoreTakes = takes ?? (_ => true) };

    private static IReadOnlyList<ScalingSample> Burst { get; } = Simulation(now => now is >= Begin and < Begin + 5 * Minute ? 1_000 * MB : 50 * MB).Run(40 * Minute);

    private static IReadOnlyList<ScalingSample> Outage { get; } = Simulation(_ => 80 * MB, now => now is < Begin or >= Begin + 10 * Minute).Run(40 * Minute);

    private static IReadOnlyList<ScalingSample> Steady { get; } = Simulation(now => now < Begin ? 50 * MB : 420 * MB).Run(90 * Minute);

    [Fact]
    public void A_burst_at_five_times_the_capacity_is_drained_and_the_number_rises_once_and_falls_once()
    {
        int[] steps = StepsOf(Burst);
        Assert.Equal(1, Turns(steps));
        Assert.Equal(10, Burst.Max(sample => sample.Ready));
        Assert.Equal(2, Burst[^1].Replicas);
        Assert.Equal(0, Burst[^1].Backlog);
        // Up within a minute and a half of the burst; down not before five minutes after the backlog is gone.
        Assert.InRange(FirstChange(Burst) - Begin, 1, 3 * Minute / 2);
        int drained = Burst.First(sample => sample.Second > Begin + 5 * Minute && sample.Backlog == 0).Second;
        Assert.True(FirstFall(Burst) - drained >= 4 * Minute, $"drained at {drained}, fewer at {FirstFall(Burst)}");
    }

    [Fact]
    public void An_outage_of_the_store_of_ten_minutes_neither_adds_aggregators_nor_takes_any_away()
    {
        int[] during = [.. Outage.Where(sample => sample.Second is >= Begin and < Begin + 10 * Minute).Select(sample => sample.Replicas).Distinct()];
        Assert.Equal([2], during);
        Assert.True(Outage.Max(sample => sample.Backlog) > 45_000 * MB);
        Assert.Equal(0, Outage[^1].Backlog);
        Assert.InRange(Turns(StepsOf(Outage)), 0, 1); // afterwards what has waited is drained by more
    }

    [Fact]
    public void Under_a_steady_load_the_number_settles()
    {
        Assert.Single(Steady.Where(sample => sample.Second > 60 * Minute).Select(sample => sample.Replicas).Distinct());
        Assert.All(Steady.Where(sample => sample.Second > 60 * Minute), sample => Assert.Equal(0, sample.Backlog));
    }

    [Fact]
    public void The_report_in_the_docs_is_what_the_simulation_says()
    {
        AssertCurrent("docs/autoscaling.svg", ScalingPlot.Render([("A burst at 5 times the capacity", Burst), ("OpenSearch takes nothing for 10 minutes", Outage), ("A steady load of 420 MB/s", Steady)]));
        const string Page = "docs/autoscaling.md", First = "| | burst |", Behind = "\n\n![";
        string page = Repository.Text(Page);
        int begin = page.IndexOf(First, StringComparison.Ordinal), end = page.IndexOf(Behind, begin, StringComparison.Ordinal) + 1;
        AssertCurrent(Page, page[..begin] + Report() + page[end..]);
    }

    private static string Report()
    {
        var text = new StringBuilder("| | burst | outage | steady |\n|---|---|---|---|\n");
        Row("first change of the number, s after the cause", samples => Text(FirstChange(samples) - Begin));
        Row("first new aggregator stores, s after the cause", samples => Text(samples.First(sample => sample.Ready > 2).Second - Begin));
        Row("most aggregators", samples => Text(samples.Max(sample => sample.Ready)));
        Row("most that waited, GB", samples => (samples.Max(sample => sample.Backlog) / 1e9).ToString("0.0", CultureInfo.InvariantCulture));
        Row("nothing waits any more, s after the cause", samples => Text(samples.Last(sample => sample.Backlog > 0).Second + 1 - Begin));
        Row("changes from rising to falling or back", samples => Text(Turns(StepsOf(samples))));
        return text.ToString();

        void Row(string what, Func<IReadOnlyList<ScalingSample>, string> value) => text.Append(CultureInfo.InvariantCulture, $"| {what} | {value(Burst)} | {value(Outage)} | {value(Steady)} |\n");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FirstChange(IReadOnlyList<ScalingSample> samples) => samples.First(sample => sample.Replicas != samples[0].Replicas).Second;

    private static int FirstFall(IReadOnlyList<ScalingSample> samples) => samples.Zip(samples.Skip(1)).First(pair => pair.Second.Replicas < pair.First.Replicas).Second.Second;

    private static int[] StepsOf(IReadOnlyList<ScalingSample> samples) => [.. samples.Zip(samples.Skip(1)).Select(pair => pair.Second.Replicas - pair.First.Replicas).Where(change => change != 0)];

    private static int Turns(int[] steps) => steps.Zip(steps.Skip(1)).Count(pair => Math.Sign(pair.First) != Math.Sign(pair.Second));

    private static void AssertCurrent(string file, string text)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(Repository.FullPath(file), text);
        Assert.Equal(text, Repository.Text(file));
    }
}
