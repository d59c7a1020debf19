using System.Globalization;

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
        Assert.Equal(1, Figures(Burst).Turns);
        Assert.Equal(10, Burst.Max(sample => sample.Ready));
        Assert.Equal(2, Burst[^1].Replicas);
        Assert.Equal(0, Burst[^1].Backlog);
        // Up within a minute and a half of the burst; down not before five minutes after the backlog is gone.
        Assert.InRange(Figures(Burst).FirstChange!.Value, 1, 3 * Minute / 2);
        int drained = Burst.First(sample => sample.Second > Begin + 5 * Minute && sample.Backlog == 0).Second;
        int fell = Begin + Figures(Burst).FirstFall!.Value;
        Assert.True(fell - drained >= 4 * Minute, $"drained at {drained}, fewer at {fell}");
    }

    [Fact]
    public void An_outage_of_the_store_of_ten_minutes_neither_adds_aggregators_nor_takes_any_away()
    {
        int[] during = [.. Outage.Where(sample => sample.Second is >= Begin and < Begin + 10 * Minute).Select(sample => sample.Replicas).Distinct()];
        Assert.Equal([2], during);
        Assert.True(Outage.Max(sample => sample.Backlog) > 45_000 * MB);
        Assert.Equal(0, Outage[^1].Backlog);
        Assert.InRange(Figures(Outage).Turns, 0, 1); // afterwards what has waited is drained by more
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
        ScalingReport.AssertCurrent("docs/autoscaling.svg", ScalingPlot.Render(10, 1e9, [("A burst at 5 times the capacity", Burst), ("OpenSearch takes nothing for 10 minutes", Outage), ("A steady load of 420 MB/s", Steady)]));
        ScalingReport.AssertTable(Report());
    }

    private static string Report()
    {
        ScalingFigures[] figures = [Figures(Burst), Figures(Outage), Figures(Steady)];
        return ScalingFigures.Table(
            "simulated", ["burst", "outage", "steady"],
            ("first change of the number, s after the cause", run => ScalingFigures.Text(figures[run].FirstChange)),
            ("first new aggregator stores, s after the cause", run => ScalingFigures.Text(figures[run].FirstNewStores)),
            ("most aggregators", run => ScalingFigures.Text(figures[run].Most)),
            ("most that waited, GB", run => (figures[run].MostWaiting / 1e9).ToString("0.0", CultureInfo.InvariantCulture)),
            ("nothing waits any more, s after the cause", run => ScalingFigures.Text(figures[run].WaitsLessThan(1))),
            ("changes from rising to falling or back", run => ScalingFigures.Text(figures[run].Turns)));
    }

    private static ScalingFigures Figures(IReadOnlyList<ScalingSample> samples) => new(samples, Begin);
}
